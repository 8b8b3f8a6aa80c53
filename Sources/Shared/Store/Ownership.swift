// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The clock that all instances go by.
package protocol ServerClock: Sendable {
    /// The server's clock now, in whole milliseconds cut downwards.
    func serverTime() async throws(StoreError) -> Timestamp
}

/// Who holds which job: the leases of Scheduler processes, and the locks of jobs that they stand for.
///
/// One lease per process stands for all the jobs that it holds. All times are the database server's; a caller never sends its
/// own. Every verb may be repeated after an error.
package protocol Ownership: ServerClock {
    /// Makes the lease of a new process: fresh from this moment on. A second call with the same id renews it.
    func register(_ manager: ManagerID, hostname: String) async throws(StoreError)

    /// Renews the lease.
    ///
    /// - Returns: `false` when there is no such lease, or when it was expired by a Custodian: then every job of this
    ///   process is lost, and the id must never be used again.
    func renew(_ manager: ManagerID) async throws(StoreError) -> Bool

    /// Unlocks everything that the process holds and forgets its lease: the end of a clean stop.
    ///
    /// - Returns: how many jobs were unlocked.
    func release(_ manager: ManagerID) async throws(StoreError) -> Int

    /// Up to `limit` unlocked jobs whose name sorts (by bytes) after `name`, in that order.
    func unlockedJobs(after name: String?, limit: Int) async throws(StoreError) -> [StoredJob]

    /// Locks those of `names` that are still unlocked, each by one guarded update which raises its lock epoch.
    ///
    /// From a new job (``OwnedJob/isNew``) it first cuts off what an earlier one of the name has left: marks its runs as
    /// ``Tombstones/retireRuns(of:)`` does, and gives the job a later epoch than any of theirs.
    /// - Returns: those of `names` that `manager` holds now, with their new epochs; the others went to somebody else,
    /// or are new
    ///   ones to be asked for again: of many whose names were used before, a call takes some only.
    ///   `wasTakenFromDeadOwner` is as it stood before.
    func lock(_ names: [JobName], for manager: ManagerID) async throws(StoreError) -> [OwnedJob]

    /// Sets `enabled` to false, as somebody would who edits the database: the owner accounts for it when it reads the job again.
    ///
    /// Only while the job is enabled and under this lock epoch.
    /// - Returns: whether it was.
    func disable(_ name: JobName, lockEpoch: Int64) async throws(StoreError) -> Bool

    /// Deletes jobs that are over, each by one guarded delete: while its lock epoch is still this one, and with `onlyIfDone` while it has
    /// no next slot and no run of it is open, none that is looked for passed over because it changes meanwhile.
    ///
    /// No tombstone is left: whoever misses the job writes it, as after a delete by hand.
    /// - Returns: those that this call has deleted.
    func remove(_ jobs: [OwnedJob], onlyIfDone: Bool) async throws(StoreError) -> Set<JobName>

    /// All jobs that `manager` holds.
    func jobs(lockedBy manager: ManagerID) async throws(StoreError) -> [StoredJob]

    /// Those of `names` that exist, whoever holds them.
    func jobs(named names: [JobName]) async throws(StoreError) -> [StoredJob]
}
