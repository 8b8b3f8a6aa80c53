// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Where a job stands after a batch has dealt with it.
package struct BatchOutcome: Sendable {
    /// A slot, or none: wrapped, so that "not moved" and "moved to none" differ.
    package struct Next: Sendable {
        /// The job's new `nextRunAt`.
        package let slot: Timestamp?
    }

    /// The job.
    package let name: JobName
    /// The lock under which it was taken.
    package let lockEpoch: Int64
    /// Its next slot, when the batch moved it.
    package var next: Next?
    /// Not to be taken again before this moment.
    package var retryAt: Timestamp?
    /// Whether the batch may have made runs for slots that the job was not moved past.
    package var mayHaveBegun = true
    /// Whether the job turned out to be lost or edited: it has to be looked at, and is not taken before.
    package var wasRefused = false
    /// The job as its edit in the database was accounted for, when that was done.
    package var accountedFor: OwnedJob?
    /// Where tries of the batch were to lead the job, when it was refused.
    package var triedSlots: Set<Timestamp?> = []
    /// Whether runs are waiting for their turn; `nil` = they were not counted.
    package var mayHaveWaiting: Bool?
    /// Whether another waiting run may be released.
    package var wantsRelease = false
}
