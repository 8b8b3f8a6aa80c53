// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// The name of the job that a command is about: the argument, or `--name`.
struct JobReference: ParsableArguments {
    @Argument(
        help: ArgumentHelp("The job's name.", valueName: "name"), completion: .custom(JobNameCompletion.candidates))
    var argument: String?

    @Option(
        name: .shortAndLong, help: "The job's name, instead of the argument.",
        completion: .custom(JobNameCompletion.candidates))
    var name: String?

    mutating func validate() throws {
        switch (argument, name) {
        case (nil, nil): throw ValidationError("Give the name of the job.")
        case (.some, .some): throw ValidationError("Give the name of the job once: as the argument or with --name.")
        default: break
        }
        do { _ = try JobName(text) } catch { throw ValidationError("The name of a job \(error.reason).") }
    }

    /// The name.
    var text: String { argument ?? name ?? "" }
    /// What a message is about.
    var subject: String { "job \(text)" }
}
