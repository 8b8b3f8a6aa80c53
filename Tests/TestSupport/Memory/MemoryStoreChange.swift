// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// One document after one write.
package enum MemoryStoreChange: Hashable, Sendable {
    /// A job was made or changed.
    case job(KeptJob)
    /// A run was made or changed.
    case run(Run)
    /// A run was withdrawn; as it stood.
    case runRemoved(Run)
    /// An ended run was deleted for its age; as it stood.
    case runPruned(Run)
    /// A job was deleted; as it stood.
    case jobRemoved(KeptJob)
    /// A tombstone was made or changed.
    case deletion(Deletion)
    /// A tombstone was removed; as it stood.
    case deletionRemoved(Deletion)
    /// A lease was made or changed.
    case manager(KeptLease)
    /// A lease was forgotten; as it stood.
    case managerRemoved(KeptLease)
}
