// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser

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
