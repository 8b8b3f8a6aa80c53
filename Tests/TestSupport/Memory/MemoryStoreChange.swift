// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// One document after one write.
package enum MemoryStoreChange: Hashable, Sendable {
    /// A job was made or changed.
    case job(MemoryStoreJob)
    /// A run was made or changed.
    case run(Run)
    /// A run was withdrawn; as it stood.
    case runRemoved(Run)
    /// A lease was made or changed.
    case manager(MemoryStoreManager)
    /// A lease was forgotten; as it stood.
    case managerRemoved(MemoryStoreManager)
}
