// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The tombstones of deleted jobs, as the Schedulers that work on them see them.
///
/// Several Schedulers may work on one at a time. Every verb may be repeated after an error.
package protocol Tombstones: Sendable {
    /// Tombstones in the order of their names, at most `limit`; normally there is none.
    ///
    /// `after` is the last name of the page before; `nil` = from the start.
    func deletions(after: JobName?, limit: Int) async throws(StoreError) -> [Deletion]

    /// The tombstones of these names.
    func deletions(of names: [JobName]) async throws(StoreError) -> [Deletion]

    /// Writes a tombstone for a job that was found deleted, unless there is one of the name.
    ///
    /// A `deletedAt` that is yet to come by the server's clock becomes that clock's time.
    func noteDeletion(_ deletion: Deletion) async throws(StoreError)

    /// Marks the runs of the deleted job as such (``Run/isRetired``): those that are not ended, and those that hold a slot,
    /// which becomes free for a new job of the name.
    ///
    /// - Returns: whether all are marked; otherwise call again.
    func retireRuns(of deletion: Deletion) async throws(StoreError) -> Bool

    /// Takes over the removal of the job's objects: one guarded update.
    ///
    /// - Returns: whether `manager` has it now; not when somebody else has it and took it less than `staleAfter` ago by the
    ///   server's clock, nor when the tombstone is gone or a newer one.
    func claimRemoval(
        of deletion: Deletion, by manager: ManagerID, staleAfter: Duration
    ) async throws(StoreError) -> Bool

    /// Gives the removal back undone; nothing when `manager` does not have it.
    func unclaimRemoval(of deletion: Deletion, by manager: ManagerID) async throws(StoreError)

    /// Removes the tombstone: everything is done.
    ///
    /// Nothing when the job was deleted anew since, or when `manager` does not have the removal.
    func forgetDeletion(_ deletion: Deletion, by manager: ManagerID) async throws(StoreError)
}

/// The tombstone of a deleted job: says that what it left behind is to be brought to its end.
///
/// Written by whoever deletes a job, before the job itself goes; removed by a Scheduler once all the job's runs have
/// ended and its objects at the broker are gone.
package struct Deletion: Hashable, Sendable {
    /// The deleted job; a new one may have the name by now.
    package let jobName: JobName
    /// When it was deleted, by the database server's clock: runs made up to then are the old job's.
    package let deletedAt: Timestamp
    /// How long a silent run of it is waited for; zero = the default.
    package let heartbeatTimeout: Duration
    /// The epoch of its last lock, if known: runs for slots made under it, or an earlier one, are the old job's as well.
    package let lockEpoch: Int64
    /// Who is removing the job's objects from the broker; while there is anybody, nobody takes up a new job of the name.
    package let remover: ManagerID?

    package init(
        jobName: JobName, deletedAt: Timestamp, heartbeatTimeout: Duration = .zero, lockEpoch: Int64 = 0,
        remover: ManagerID? = nil
    ) {
        self.jobName = jobName
        self.deletedAt = deletedAt
        self.heartbeatTimeout = heartbeatTimeout
        self.lockEpoch = lockEpoch
        self.remover = remover
    }
}
