// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "Lists jobs, runs or Schedulers.",
        subcommands: [ListJobsCommand.self, ListRunsCommand.self, ListManagersCommand.self], aliases: ["l", "ls"])
}

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
        output.print(items, .job, whenEmpty: "no jobs")
    }
}

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
        output.print(items, .run, whenEmpty: "no runs")
    }
}

struct ListManagersCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "managers", abstract: "Lists the live Schedulers.", aliases: ["manager"])

    @OptionGroup var page: PageOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let items = try await page.read(APIRequest(.get, "managers"), try APIClient(connection), noun: "managers")
        output.print(items, .manager, whenEmpty: "no Scheduler is alive")
    }
}
