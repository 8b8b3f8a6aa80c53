// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Runs a job now.", subcommands: [RunJobCommand.self])
}

struct RunJobCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "job", abstract: "Runs a job now; its schedule is unchanged.",
        discussion: """
            With --wait the exit code says how the run ended: 0 completed, 1 failed, 2 cancelled. Ctrl-C ends the \
            waiting, not the run.
            """,
        aliases: ["j"])

    @OptionGroup var job: JobReference

    @Option(help: ArgumentHelp("JSON for this run instead of the job's, or @ and a file.", valueName: "json"))
    var payload: PayloadArgument?

    @Flag(name: .shortAndLong, help: "Follow the run to its end.")
    var wait = false

    @OptionGroup(title: "Connection") var connection: ConnectionOptions
    @OptionGroup(title: "Output") var output: OutputOptions

    func run() async throws {
        let api = try APIClient(connection)
        var request = APIRequest(.post, "jobs", job.text, "run")
        if let payload { request.body = .object(["payload": try payload.json()]) }
        // However often the request is sent, it makes one run.
        let number = UInt64.random(in: 0 ... .max)
        request.headers["Idempotency-Key"] =
            String(number, radix: 36) + String(UInt64.random(in: 0 ... .max), radix: 36)
        let run = try await api.send(request, about: job.subject, fieldName: JobField.flag(for:)).object()
        guard Identifier(hex: run.text("id")) != nil else { throw APIAnswer.unexpected }
        try await wait ? follow(run, api) : show(run, "run \(run.text("id")) of job \(job.text) started")
    }

    private func follow(_ run: Item, _ api: APIClient) async throws {
        let console = Console.standard
        let interruption = Interruption(
            "The run goes on; to stop it: \(CLIMain.programName) cancel run \(run.text("id"))")
        defer { interruption.end() }
        let started = SystemClock().now()
        let follower = RunFollower(api: api, id: run.text("id"))
        let last = try await follower.follow { item in
            console.progress(RunFollower.line(item, since: SystemClock().now() - started))
        }
        console.endProgress()
        var sentence = "run \(last.text("id")) \(EscapedText.bare(last.text("status")))"
        let took = RunTable.took(last, now: nil)
        if !took.isEmpty { sentence += " in \(took)" }
        let error = last.text("error")
        if !error.isEmpty { sentence += ": \(EscapedText.bare(error))" }
        show(last, sentence)
        if last.status != .completed { throw ExitCode(last.status == .cancelled ? 2 : 1) }
    }

    private func show(_ run: Item, _ sentence: String) {
        let console = Console.standard
        let printer = ItemPrinter(format: output.format, screen: console.screen())
        console.print(output.format == .table ? [sentence] : printer.lines(run, .run))
    }
}
