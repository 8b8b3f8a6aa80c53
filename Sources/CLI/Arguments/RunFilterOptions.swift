// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared

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
