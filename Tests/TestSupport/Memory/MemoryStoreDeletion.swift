// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A tombstone of ``MemoryStore``.
struct MemoryStoreDeletion: Hashable, Sendable {
    private(set) var deletion: Deletion
    /// When the removal was taken over.
    private(set) var removerAt: Timestamp?

    init(_ deletion: Deletion) {
        self.deletion = deletion
    }

    mutating func setRemover(_ remover: ManagerID?, at now: Timestamp) {
        deletion = Deletion(
            jobName: deletion.jobName, deletedAt: deletion.deletedAt, heartbeatTimeout: deletion.heartbeatTimeout,
            lockEpoch: deletion.lockEpoch, remover: remover)
        removerAt = remover == nil ? nil : now
    }
}
