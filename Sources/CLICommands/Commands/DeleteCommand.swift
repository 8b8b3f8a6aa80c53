// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

struct DeleteCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "delete", abstract: "Deletes a job.", subcommands: [DeleteJobCommand.self])
}

struct DeleteJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Deletes a job; its active runs are cancelled.", aliases: ["j"])

    @OptionGroup var job: JobReference

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let console = Console.standard
        let api = try APIClient(connection)
        if !yes, try !console.confirm("Delete the job \(job.text)?") {
            throw CLIFailure(.other, "nothing was deleted")
        }
        do {
            _ = try await api.send(APIRequest(.delete, "jobs", job.text))
        } catch let problem as APIProblem {
            // It was there for the first try, whose answer did not say that it was done.
            guard problem.isRepeated, problem.status == 404 else { throw CLIFailure(problem, subject: job.subject) }
        }
        console.print("job \(job.text) deleted")
    }
}
