// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

struct ListRunsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "runs", abstract: "Lists runs, the newest first.", aliases: ["run", "r"])

    @OptionGroup var filter: RunFilterOptions

    @Option(
        help: ArgumentHelp("Only runs made before this.", valueName: "time"), transform: InstantArgument.init(text:))
    var createdBefore: InstantArgument?

    @Option(
        help: ArgumentHelp("Only runs started before this.", valueName: "time"), transform: InstantArgument.init(text:))
    var startedBefore: InstantArgument?

    @Option(
        help: ArgumentHelp("Only runs last heard of before this.", valueName: "time"),
        transform: InstantArgument.init(text:))
    var heartbeatBefore: InstantArgument?

    @OptionGroup var page: PageOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        var request = APIRequest(.get, "runs")
        request.add("jobName", filter.job)
        for status in filter.status { request.add("status", status.rawValue) }
        request.add("createdBefore", createdBefore?.time.rfc3339)
        request.add("startedBefore", startedBefore?.time.rfc3339)
        request.add("heartbeatBefore", heartbeatBefore?.time.rfc3339)
        let items = try await page.read(request, try APIClient(connection), noun: "runs")
        let console = Console.standard
        console.print(ItemPrinter(format: output.format, screen: console.screen()).lines(items, .run))
        if items.isEmpty, output.format == .table { console.note("no runs") }
    }
}
