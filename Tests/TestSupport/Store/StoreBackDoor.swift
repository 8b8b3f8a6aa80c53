// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// What checks need of a store and no port gives: data in any state, and a look at what is kept.
package protocol StoreBackDoor: Sendable {
    /// Stores a job as it is given, lock and all, in the place of one of the same name; its skips are left out.
    func put(_ job: KeptJob) async throws

    /// Stores runs as they are given, in any state, in the place of those of the same ids; the slots must be free.
    func put(_ runs: [Run]) async throws

    /// Stores a lease as it is given, in the place of one of the same id.
    func put(_ lease: KeptLease) async throws

    /// Stores a tombstone, as a deletion through the API leaves it.
    func put(_ deletion: Deletion) async throws

    /// A job with all that is kept of it.
    func job(kept name: JobName) async throws -> KeptJob?

    /// A lease, expired or not.
    func lease(_ id: ManagerID) async throws -> KeptLease?

    /// The tombstone of a name.
    func tombstone(of name: JobName) async throws -> Deletion?
}

extension StoreBackDoor {
    func put(_ jobs: [KeptJob]) async throws {
        for job in jobs { try await put(job) }
    }
}

/// A job with all that a store keeps of it.
package struct KeptJob: Hashable, Sendable {
    /// The definition.
    package var job: Job
    /// Who holds it.
    package var managerID: ManagerID?
    /// How often it was locked.
    package var lockEpoch: Int64 = 0
    /// When a Custodian took it from its owner; removed by the next lock.
    package var ownerLostAt: Timestamp?
    /// Whether nobody has locked it since it was made.
    package var isNew = false
    /// Counts the edits that were accounted for.
    package var edition: Int64 = 0
    /// How many slots got no run, per reason.
    package var skipped: [SkipReason: Int64] = [:]
    /// The last hundred rows of such slots.
    package var skips: [SlotSkip] = []

    /// A job that nobody has touched.
    package init(_ job: Job) {
        self.job = job
    }

    /// The key.
    package var id: String { job.name.text }

    /// Records slots that got no run.
    mutating func record(_ rows: [SlotSkip]) {
        for skip in rows { skipped[skip.reason, default: 0] += skip.count }
        skips = (skips + rows).suffix(100)
    }
}

/// The lease of a Scheduler process as it is kept.
package struct KeptLease: Hashable, Sendable {
    /// The process.
    package let id: ManagerID
    /// The machine it runs on.
    package var hostname: String
    /// When it was renewed.
    package var heartbeat: Timestamp
    /// Whether a Custodian ended it.
    package var isExpired: Bool

    /// A lease that nobody has ended, by default.
    package init(id: ManagerID, hostname: String = "host", heartbeat: Timestamp, isExpired: Bool = false) {
        self.id = id
        self.hostname = hostname
        self.heartbeat = heartbeat
        self.isExpired = isExpired
    }
}
