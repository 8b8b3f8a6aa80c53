// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

/// `context use`: makes a context the one that commands mean.
struct ContextUse: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "use", abstract: "Makes a context the current one.")

    @Argument(help: ArgumentHelp("The context.", valueName: "name"), completion: ContextNames.completion)
    var name: String

    func run() async throws {
        let folder = try CLIEnvironment.process.configFolder
        try folder.make()
        try await folder.locked {
            var file = try ConfigFile(in: folder)
            _ = try file.context(named: name)
            file.current = name
            try file.save(in: folder)
        }
        Console.standard.print("The current context is \(name).")
    }
}
