// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A job as it was read: usable, or not.
package enum StoredJob: Sendable {
    /// A definition, with the lock as it stood.
    case valid(OwnedJob)
    /// A job that cannot be understood; left alone and reported.
    case malformed(MalformedJob)

    /// Its key as text.
    package var id: String {
        switch self {
        case .valid(let owned): owned.job.name.text
        case .malformed(let malformed): malformed.id
        }
    }

    /// Who holds it; `nil` = unlocked.
    package var managerID: ManagerID? {
        switch self {
        case .valid(let owned): owned.managerID
        case .malformed(let malformed): malformed.managerID
        }
    }

    /// The job with its lock, where it is usable.
    package var owned: OwnedJob? {
        if case .valid(let owned) = self { owned } else { nil }
    }

    /// The definition, where it is usable.
    package var job: Job? { owned?.job }

    /// Its name, where it is usable.
    package var name: JobName? {
        if case .valid(let owned) = self { owned.job.name } else { nil }
    }
}

/// A stored job that cannot be understood, and what is wrong with it.
package struct MalformedJob: Hashable, Sendable {
    /// Its key as text, cut to 128 characters and escaped: safe to log, not a ``JobName``.
    package let id: String
    /// One reason per faulty field, each naming it and what was expected.
    package let reasons: [String]
    /// Who holds it; `nil` = unlocked.
    package let managerID: ManagerID?

    package init(id: String, reasons: [String], managerID: ManagerID?) {
        self.id = id
        self.reasons = reasons
        self.managerID = managerID
    }
}

/// A job with the lock under which its owner works.
package struct OwnedJob: Hashable, Sendable {
    /// The definition.
    package var job: Job
    /// Who holds it; `nil` = unlocked.
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
