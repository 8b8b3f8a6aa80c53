// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// All that a Custodian needs of its database.
///
/// Two Custodians at once are harmless.
package protocol CustodianStore: Sendable {
    /// Unlocks the jobs whose owner is dead: neither the job's own `heartbeat` nor its manager's is younger than
    /// `timeout` by the server's clock.
    ///
    /// First expires the leases themselves, each by one guarded update, so that an owner that wakes up cannot renew and
    /// finds out; then unlocks what they held and notes that it was taken from a dead owner. Leases that are expired and
    /// hold nothing are forgotten.
    /// - Returns: the names of the unlocked jobs (as stored, malformed ones included), at most some thousands a call;
    ///   call again while it returns any.
    func unlockJobsOfDeadOwners(timeout: Duration) async throws(StoreError) -> [String]
}
