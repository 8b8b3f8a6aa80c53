// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The tombstone of a deleted job: says that what it left behind is to be brought to its end.
///
/// Written by whoever deletes a job, before the job's document goes; removed by a Scheduler once all the job's runs have
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
