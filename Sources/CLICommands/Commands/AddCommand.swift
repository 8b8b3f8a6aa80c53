// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

struct AddCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Creates a job.", subcommands: [AddJobCommand.self], aliases: ["a"])
}

struct AddJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Creates a job.",
        discussion: """
            With --interval or --every the first slot is now, with --cron its next time, unless --next-run-at or --start-at \
            say otherwise. With none of them the job runs once, at --next-run-at.

              simple-scheduler-cli add job report --cron '0 6 * * MON-FRI' --time-zone Europe/Berlin
              simple-scheduler-cli add job sweep --interval 5m --heartbeat-timeout 30s --label team=ops
              simple-scheduler-cli add job invoices --every '1 month' --next-run-at 2027-01-31T09:00:00Z
            """,
        aliases: ["j"])

    @OptionGroup var job: JobReference
    @OptionGroup(title: "The job") var flags: JobFlags
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        var body = try flags.fields()
        body["name"] = .string(job.text)
        let api = try APIClient(connection)
        try await api.send(
            APIRequest(.post, "jobs", body: .object(body)), about: job.subject, fieldName: JobField.flag(for:))
        try await output.report(job.text, done: "added", by: api)
    }
}
