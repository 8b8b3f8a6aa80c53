// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

struct UpdateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "update", abstract: "Updates a job.", subcommands: [UpdateJobCommand.self], aliases: ["u"])
}

struct UpdateJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Updates the given fields of a job, and no others.",
        discussion: """
            A change of the schedule arms the next slot anew, unless --next-run-at says otherwise.

              simple-scheduler-cli update job report --time-zone Europe/Paris
              simple-scheduler-cli update job report --cron '0 * * * *' --clear interval
            """,
        aliases: ["j"])

    @OptionGroup var job: JobReference
    @OptionGroup(title: "The job") var flags: JobFlags

    @Option(
        help: ArgumentHelp(
            "Gives a field its default, as if it had never been set: cron, time-zone, labels, …; may repeat.",
            valueName: "field"))
    var clear: [String] = []

    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let patch = try Self.patch(try flags.fields(), clearing: clear)
        let api = try APIClient(connection)
        try await api.send(APIRequest(.patch, "jobs", job.text, body: .object(patch)), about: job.subject) { name in
            let isCleared = clear.contains { JobField(spelled: $0)?.rawValue == name }
            return isCleared ? "--clear \(JobField.kebab(name))" : JobField.flag(for: name)
        }
        try await output.report(job.text, done: "updated", by: api)
    }

    /// The body of the request.
    static func patch(_ fields: [String: JSONValue], clearing names: [String]) throws -> [String: JSONValue] {
        var patch = fields
        for name in names {
            guard let field = JobField(spelled: name) else {
                let guess = JobField.nearest(to: name).map { "did you mean \(JobField.kebab($0))?" }
                let known = JobField.forPeople.map { JobField.kebab($0.rawValue) }.joined(separator: ", ")
                throw ValidationError(
                    "--clear: there is no field \(EscapedText.quoted(name)); \(guess ?? "there are \(known)")")
            }
            guard patch.updateValue(field.cleared, forKey: field.rawValue) == nil else {
                throw ValidationError(
                    "--clear \(JobField.kebab(field.rawValue)) and a value for it exclude each other.")
            }
        }
        guard !patch.isEmpty else { throw ValidationError("Say what to change: there is a flag for each field.") }
        return patch
    }
}
