// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A job document as it was read: usable, or not.
package enum StoredJob: Sendable {
    /// A definition, with the lock as it stood.
    case valid(OwnedJob)
    /// A document that cannot be understood; left alone and reported.
    case malformed(MalformedJob)

    /// The document's `_id` as text.
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

    /// The job with its lock, where the document is usable.
    package var owned: OwnedJob? {
        if case .valid(let owned) = self { owned } else { nil }
    }

    /// The definition, where it is usable.
    package var job: Job? { owned?.job }
}
