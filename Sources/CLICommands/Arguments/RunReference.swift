// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

/// The run that a command is about.
struct RunReference: ParsableArguments {
    @Argument(help: "The run's id, as in `list runs`.")
    var id: String

    mutating func validate() throws {
        guard Identifier(hex: id) != nil else { throw ValidationError("The id of a run is 24 hexadecimal digits.") }
    }

    var subject: String { "run \(id)" }
}

/// Which runs.
struct RunFilterOptions: ParsableArguments {
    @Option(
        name: .shortAndLong, help: ArgumentHelp("Only runs of this job.", valueName: "name"),
        completion: .custom(JobNameCompletion.candidates))
    var job: String?

    @Option(name: .shortAndLong, help: ArgumentHelp("Only runs with this status; may repeat.", valueName: "status"))
    var status: [RunStatus] = []
}

extension RunStatus: ExpressibleByArgument {}
