// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// A job document of ``MemoryStore``.
package struct MemoryStoreJob: Hashable, Sendable {
    /// The key as text.
    package var id: String
    /// Whether the key is a text; the others cannot be paged.
    package var hasTextID = true
    /// The definition; `nil` when it cannot be understood.
    package var job: Job?
    /// What is wrong with it; empty for a definition.
    package var reasons: [String] = []
    /// Who holds it.
    package var managerID: ManagerID?
    /// A live owner's sign on the job itself, as the Go program writes it.
    package var heartbeat: Timestamp?
    /// How often it was locked.
    package var lockEpoch: Int64 = 0
    /// When a Custodian took it from its owner; removed by the next lock.
    package var ownerLostAt: Timestamp?
    /// Whether the last lock found `ownerLostAt`.
    package var isLockedAfterLoss = false
    /// Whether nobody has locked it since it was made.
    package var isNew = false
    /// Counts the edits that were accounted for; `nil` = no whole number.
    package var edition: Int64? = 0
    /// How many slots got no run, per reason.
    package var skipped: [SkipReason: Int64] = [:]
    /// The last hundred rows of such slots.
    package var skips: [SlotSkip] = []

    /// An unlocked job.
    package init(_ job: Job) {
        id = job.name.text
        self.job = job
    }

    init(id: String, hasTextID: Bool) {
        self.id = id
        self.hasTextID = hasTextID
    }

    /// As a read returns it.
    var state: StoredJob {
        guard let job else {
            return .malformed(MalformedJob(id: id, reasons: reasons, managerID: managerID))
        }
        if case .every = job.schedule, job.nextRunAt == nil, job.endAt == nil {
            let reason = "nextRunAt: missing; a job with an interval needs its next slot"
            return .malformed(MalformedJob(id: id, reasons: [reason], managerID: managerID))
        }
        return .valid(
            OwnedJob(
                job: job, managerID: managerID, lockEpoch: lockEpoch, wasTakenFromDeadOwner: ownerLostAt != nil,
                isNew: isNew, edition: edition))
    }

    /// Records slots that got no run.
    mutating func record(_ rows: [SlotSkip]) {
        for skip in rows { skipped[skip.reason, default: 0] += skip.count }
        skips = (skips + rows).suffix(100)
    }

    /// As the lock returns it.
    var lockedState: OwnedJob? {
        job.map {
            OwnedJob(
                job: $0, managerID: managerID, lockEpoch: lockEpoch, wasTakenFromDeadOwner: isLockedAfterLoss,
                edition: edition)
        }
    }
}
