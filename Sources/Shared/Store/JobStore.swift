// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The jobs, as the Scheduler that locks and fires them sees them.
///
/// Every verb may be repeated after an error.
package protocol JobStore: Sendable {
    /// Up to `limit` unlocked jobs whose name sorts (by bytes) after `name`, in that order.
    func unlockedJobs(after name: String?, limit: Int) async throws(StoreError) -> [StoredJob]

    /// Locks those of `names` that are still unlocked, each by one guarded update which raises its lock epoch.
    ///
    /// From a new job (``OwnedJob/isNew``) it first cuts off what an earlier one of the name has left: marks its runs as
    /// ``DeletionStore/retireRuns(of:)`` does, and gives the job a later epoch than any of theirs.
    /// - Returns: those of `names` that `manager` holds now, with their new epochs; the others went to somebody else, or are new
    ///   ones to be asked for again: of many whose names were used before, a call takes some only.
    ///   `wasTakenFromDeadOwner` is as it stood before.
    func lock(_ names: [JobName], for manager: ManagerID) async throws(StoreError) -> [OwnedJob]

    /// All jobs that `manager` holds.
    func jobs(lockedBy manager: ManagerID) async throws(StoreError) -> [StoredJob]

    /// Those of `names` that exist, whoever holds them.
    func jobs(named names: [JobName]) async throws(StoreError) -> [StoredJob]
}
