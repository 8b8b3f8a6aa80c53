// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// `context list`: all of them.
struct ContextList: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists the contexts; a star marks the current one.", aliases: ["l", "ls"])

    @OptionGroup var output: OutputOptions

    func run() async throws {
        let folder = try CLIEnvironment.process.configFolder
        let file = try ConfigFile(in: folder)
        let tokens = try TokenFile(in: folder)
        let items = file.contexts.sorted { $0.key < $1.key }.map { name, _ in
            Item(contextNamed: name, in: file, tokens)
        }
        let console = Console.standard
        if items.isEmpty, output.format == .table {
            console.note("There are no contexts yet: `context add` or `login` makes one.")
        }
        console.print(ItemPrinter(format: output.format, screen: console.screen()).lines(items, .context))
    }
}
