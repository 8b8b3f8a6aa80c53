// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct ListJobsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "jobs", abstract: "Lists jobs by name.", aliases: ["job", "j"])

    @Option(
        help: ArgumentHelp("Only jobs with this label; may repeat, then with all of them.", valueName: "key=value"),
        transform: LabelArgument.init(text:))
    var label: [LabelArgument] = []

    @OptionGroup var page: PageOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        var request = APIRequest(.get, "jobs")
        request.add("labels", label.filter)
        let items = try await page.read(request, try APIClient(connection), noun: "jobs")
        let console = Console.standard
        console.print(ItemPrinter(format: output.format, screen: console.screen()).lines(items, .job))
        if items.isEmpty, output.format == .table { console.note("no jobs") }
    }
}
