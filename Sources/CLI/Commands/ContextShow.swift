// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

/// `context show`: one of them.
struct ContextShow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "Shows a context, the current one unless named.")

    @Argument(help: ArgumentHelp("The context.", valueName: "name"), completion: ContextNames.completion)
    var name: String?

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let folder = try CLIEnvironment.process.configFolder
        let file = try ConfigFile(in: folder)
        guard let name = name ?? CLIEnvironment.process[.context] ?? file.current else {
            throw CLIFailure(
                .usage, "there is no current context", hints: "`context add` or `login` makes one.")
        }
        _ = try file.context(named: name)
        let item = Item(contextNamed: name, in: file, try TokenFile(in: folder))
        let console = Console.standard
        console.print(ItemPrinter(format: output.format, screen: console.screen()).lines(item, .context))
    }
}
