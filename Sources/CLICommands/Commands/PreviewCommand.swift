// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct PreviewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Previews the next slots of a job.", subcommands: [PreviewJobCommand.self])
}

struct PreviewJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Shows the next times of a job, in UTC and in its zone.",
        discussion: "Whether the job is enabled does not matter. Changes of the zone's clock are marked.",
        aliases: ["j"])

    @OptionGroup var job: JobReference

    @Option(help: "How many, up to 1000.")
    var count = 10

    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        var request = APIRequest(.get, "jobs", job.text, "preview")
        request.add("count", String(count))
        let answer = try await APIClient(connection).send(request, about: job.subject) {
            $0 == "count" ? "--count" : $0
        }
        let items = try answer.list()
        output.print(items, .slot, whenEmpty: "no more: the job is done")
    }
}
