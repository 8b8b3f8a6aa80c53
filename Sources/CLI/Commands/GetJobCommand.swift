// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct GetJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Shows a job.", aliases: ["j"])

    @OptionGroup var job: JobReference
    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let request = APIRequest(.get, "jobs", job.text)
        let item = try await APIClient(connection).send(request, about: job.subject).object()
        let console = Console.standard
        console.print(ItemPrinter(format: output.format, screen: console.screen()).lines(item, .job))
    }
}
