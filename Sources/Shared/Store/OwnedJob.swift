// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A job with the lock under which its owner works.
package struct OwnedJob: Hashable, Sendable {
    /// The definition.
    package var job: Job
    /// Who holds it; `nil` = unlocked (absent, null or the zero id in the document).
    package var managerID: ManagerID?
    /// Counts the times that the job was locked, from 1; 0 = never.
    ///
    /// What carries an older epoch changes nothing.
    package var lockEpoch: Int64
    /// Whether a Custodian took the lock from its last owner, and nobody has locked the job since.
    package var wasTakenFromDeadOwner: Bool

    /// Whether it has the mark of a new job, which nobody has locked: what an owner has touched under its name is an earlier
    /// job's.
    package var isNew: Bool
    /// Counts the edits that were accounted for, from 0: those of the API, and those made in the database that its owner has
    /// found; `nil` = what stands there is no whole number.
    package var edition: Int64?

    package init(
        job: Job, managerID: ManagerID?, lockEpoch: Int64, wasTakenFromDeadOwner: Bool = false, isNew: Bool = false,
        edition: Int64? = 0
    ) {
        self.job = job
        self.managerID = managerID
        self.lockEpoch = lockEpoch
        self.wasTakenFromDeadOwner = wasTakenFromDeadOwner
        self.isNew = isNew
        self.edition = edition
    }
}
