// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct ListManagersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "managers", abstract: "Lists the live Schedulers.", aliases: ["manager"])

    @OptionGroup var page: PageOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let items = try await page.read(APIRequest(.get, "managers"), try APIClient(connection), noun: "managers")
        let console = Console.standard
        console.print(ItemPrinter(format: output.format, screen: console.screen()).lines(items, .manager))
        if items.isEmpty, output.format == .table { console.note("no Scheduler is alive") }
    }
}
