// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// All that a Custodian needs of its database.
///
/// Two Custodians at once are harmless.
package protocol Housekeeping: Sendable {
    /// Unlocks the jobs whose owner is dead: it has no lease, or one that was not renewed after `limit`; nor is there a later
    /// sign of life on the job itself, where other programs leave one.
    ///
    /// `limit` is a moment of the server's clock that the caller has read, less the time-out; it is not worked out when the
    /// call arrives. So a call that is held up by an outage does not count the outage as the owners' silence.
    ///
    /// First expires the leases themselves, each by one guarded update, so that an owner that wakes up cannot renew and
    /// finds out; then unlocks what they held and notes that it was taken from a dead owner. Leases that are expired and
    /// hold nothing are forgotten.
    /// - Returns: the names of the unlocked jobs (as stored, malformed ones included), at most some thousands a call;
    ///   call again while it returns any.
    func unlockJobsOfDeadOwners(silentSince limit: Timestamp) async throws(StoreError) -> [String]

    /// Deletes ended runs that are older than the retention of their job, by the server's clock: at most `limit`, of some
    /// of the jobs whose names sort after `name` (`nil` = from the first on).
    ///
    /// A run whose slot the job has not been moved past stays: it is what keeps the slot from a second run. So do the runs
    /// of jobs that have no retention, or that no longer exist.
    /// - Returns: how many, and where to go on.
    func pruneRuns(ofJobsAfter name: String?, limit: Int) async throws(StoreError) -> PrunedRuns
}

/// What one step of pruning did.
package struct PrunedRuns: Hashable, Sendable {
    /// How many runs were deleted.
    package let count: Int
    /// Where the next step goes on: after the job of this name; `nil` = everything was looked at.
    package let position: String?

    package init(count: Int, position: String?) {
        self.count = count
        self.position = position
    }
}
