// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

/// `context remove`: forgets an API, and the login to it.
struct ContextRemove: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Removes a context, and logs out of it.")

    @Argument(help: ArgumentHelp("The context.", valueName: "name"), completion: ContextNames.completion)
    var name: String

    func run() async throws {
        let folder = try CLIEnvironment.process.configFolder
        let console = Console.standard
        _ = try ConfigFile(in: folder).context(named: name)
        let login = try await StoredLogin.remove(name, in: folder)
        let wasCurrent = try await folder.locked {
            var file = try ConfigFile(in: folder)
            file.contexts[name] = nil
            let wasCurrent = file.current == name
            if wasCurrent { file.current = nil }
            try file.save(in: folder)
            return wasCurrent
        }
        if let login { await Revocation(transport: .http).revoke(login, on: console) }
        console.print("Removed context \(name).")
        if wasCurrent {
            console.note("It was the current one. Choose another: \(CLIMain.programName) context use NAME")
        }
    }
}
