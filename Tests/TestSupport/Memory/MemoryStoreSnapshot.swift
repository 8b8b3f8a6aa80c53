// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Everything in a ``MemoryStore`` at one moment, each list in the order of its keys.
package struct MemoryStoreSnapshot: Hashable, Sendable {
    /// The jobs.
    package let jobs: [KeptJob]
    /// The runs.
    package let runs: [Run]
    /// The leases.
    package let managers: [KeptLease]
    /// The tombstones.
    package let deletions: [Deletion]

    /// How many slots of a job have a run.
    package func slotCount(of job: JobName) -> Int {
        runs.count { $0.jobName == job && $0.trigger == .schedule && $0.scheduledTime != nil }
    }
}
