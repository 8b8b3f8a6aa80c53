// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

struct ApplyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "apply", abstract: "Creates and updates jobs from files.",
        discussion: """
            A field that is not in the file gets its default. Jobs that are in no file are left alone, or deleted with \
            --prune. A nextRunAt is where a row of slots begins: as long as it lies ahead, by the API's clock, it is the \
            job's next slot; after that a job that has gone on along the row is unchanged. \
            Shows what it is going to do and asks; in scripts say --yes. Files are in UTF-8; YAML is taken without anchors, \
            aliases, merge keys and tags.

              simple-scheduler-cli apply -f jobs/
              simple-scheduler-cli export | ssh other simple-scheduler-cli apply --yes -f -
            """)

    @OptionGroup var options: ApplyOptions

    @Flag(name: .shortAndLong, help: "Do not ask.")
    var yes = false

    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let documents = try options.documents()
        let console = Console.standard
        if !yes, !console.canAsk {
            throw CLIFailure(.usage, "there is no terminal to ask at", hints: "Say yes beforehand: --yes")
        }
        let screen = console.screen()
        let applier = JobApplier(api: try APIClient(connection), now: screen.now) { console.progress($0) }
        let plan = try await applier.plan(documents, prune: options.prune, labels: options.label)
        console.endProgress()
        console.print(PlanText(screen: screen).lines(plan))
        guard plan.contains(where: { $0.action != .keep }) else { return }
        if !yes, try !console.confirm("Do this?") { throw CLIFailure(.other, "nothing was changed") }
        let failures = try await applier.apply(
            plan,
            report: {
                console.endProgress()
                console.print($0)
            }, complain: { console.note("\($0)") })
        if failures > 0 { throw CLIFailure(.other, "\(failures) of the changes failed") }
    }
}

struct DiffCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "diff", abstract: "Shows what apply would change, and changes nothing.",
        discussion: "The exit code is 0 when there is nothing to do, and 1 when there is something.")

    @OptionGroup var options: ApplyOptions
    @OptionGroup(title: "Connection") var connection: ConnectionOptions

    func run() async throws {
        let documents = try options.documents()
        let console = Console.standard
        let screen = console.screen()
        let applier = JobApplier(api: try APIClient(connection), now: screen.now) { console.progress($0) }
        let plan = try await applier.plan(documents, prune: options.prune, labels: options.label)
        console.endProgress()
        console.print(PlanText(screen: screen).lines(plan))
        if plan.contains(where: { $0.action != .keep }) { throw ExitCode(1) }
    }
}

/// Which jobs are compared with which.
struct ApplyOptions: ParsableArguments {
    @Option(
        name: [.customShort("f"), .customLong("file")],
        help: ArgumentHelp(
            "A file or folder of jobs in YAML or JSON, or - for standard input; may repeat.", valueName: "path"),
        completion: .file())
    var files: [String]

    @Flag(help: "Delete the jobs that are in no file.")
    var prune = false

    @Option(
        help: ArgumentHelp("With --prune: only delete jobs with this label; may repeat.", valueName: "key=value"),
        transform: LabelArgument.init(text:))
    var label: [LabelArgument] = []

    /// The jobs of the files.
    ///
    /// - Throws: `CLIFailure` with code `usage`; also with `--prune` where there are none, for that would delete everything,
    ///   and is what a pipe gives whose first half failed.
    func documents() throws(CLIFailure) -> [JobDocument] {
        let documents = try JobDocumentReader.documents(at: files)
        if prune, documents.isEmpty {
            throw CLIFailure(
                .usage,
                "there are no jobs in \(files.joined(separator: ", ")): with --prune that would delete all of them",
                hints: "To delete jobs: delete job NAME ...")
        }
        return documents
    }

    mutating func validate() throws {
        if !label.isEmpty, !prune { throw ValidationError("--label goes with --prune.") }
        if files.filter({ $0 == "-" }).count > 1 { throw ValidationError("Standard input can be read once.") }
    }
}
