// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct GetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get", abstract: "Shows one job or run.", subcommands: [GetJobCommand.self, GetRunCommand.self])
}

struct GetJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Shows a job.", aliases: ["j"])

    @OptionGroup var job: JobReference
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let request = APIRequest(.get, "jobs", job.text)
        let item = try await APIClient(connection).send(request, about: job.subject).object()
        output.print(item, .job)
    }
}

struct GetRunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Shows a run.", aliases: ["r"])

    @OptionGroup var reference: RunReference
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let request = APIRequest(.get, "runs", reference.id)
        let item = try await APIClient(connection).send(request, about: reference.subject).object()
        output.print(item, .run)
    }
}
