// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// A lease of ``MemoryStore``.
package struct MemoryStoreManager: Hashable, Sendable {
    /// The process.
    package let id: ManagerID
    /// The machine it runs on.
    package var hostname: String
    /// When it was renewed; `nil` in documents of the Go program.
    package var heartbeat: Timestamp?
    /// Whether a Custodian ended it.
    package var isExpired = false

    /// A lease that nobody has ended.
    package init(id: ManagerID, hostname: String, heartbeat: Timestamp?) {
        self.id = id
        self.hostname = hostname
        self.heartbeat = heartbeat
    }
}
