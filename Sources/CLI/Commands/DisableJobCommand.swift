// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

struct DisableJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Lets a job rest: its slots are not fired, its runs at work go on.",
        aliases: ["j"])

    @OptionGroup var job: JobReference
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let api = try APIClient(connection)
        do {
            _ = try await api.send(APIRequest(.patch, "jobs", job.text, body: .object(["enabled": .bool(false)])))
        } catch let problem as APIProblem {
            throw CLIFailure(problem, subject: job.subject)
        }
        try await JobReport(api: api, format: output.format).show(job.text, done: "disabled")
    }
}
