// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A job as a file defines it.
struct JobDocument: Sendable, Equatable {
    let definition: JobDefinition
    /// Where it stands, for messages: `jobs.yaml:12`.
    let place: String
    /// The slot that the file gives; `nil` = the file leaves it to the schedule.
    var nextRunAt: Timestamp? { definition.job.nextRunAt }
}
