// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A hint between our own programs over `scheduler.control`.
///
/// Losing one costs only the wait for the next refresh.
package enum ControlHint: Hashable, Sendable {
    /// These jobs were made, edited, deleted or unlocked: look at them now. At most ``maximumJobs``, and at least one.
    case jobsChanged([JobName])
    /// Runs of these jobs have ended, or wait for their next attempt until that moment; whoever stored it holds none of the jobs. At
    /// most ``maximumJobs``, and at least one.
    case runsChanged([JobName], retryAt: Timestamp? = nil)
    /// Several jobs were unlocked: look for what can be locked.
    case jobsUnlocked

    /// The most jobs that one hint names.
    package static let maximumJobs = 100

    /// The hint at one job.
    package static func jobChanged(_ name: JobName) -> ControlHint { .jobsChanged([name]) }
}
