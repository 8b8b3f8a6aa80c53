// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct GetRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Shows a run.", aliases: ["r"])

    @OptionGroup var reference: RunReference
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let request = APIRequest(.get, "runs", reference.id)
        let item = try await APIClient(connection).send(request, about: reference.subject).object()
        let console = Console.standard
        console.print(ItemPrinter(format: output.format, screen: console.screen()).lines(item, .run))
    }
}
