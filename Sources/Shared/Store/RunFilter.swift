// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Which runs a list shows; every condition narrows it.
package struct RunFilter: Hashable, Sendable {
    /// Of this job only.
    package var jobName: JobName?
    /// In one of these statuses; empty = in any.
    package var statuses: Set<RunStatus> = []
    /// Made before this.
    package var createdBefore: Timestamp?
    /// Started before this; leaves out what has not started.
    package var startedBefore: Timestamp?
    /// Last heard of before this; leaves out what was never heard of.
    package var heartbeatBefore: Timestamp?

    /// All runs.
    package init() {}
}
