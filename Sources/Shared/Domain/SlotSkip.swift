// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A row of slots of one job that got no run, and why.
package struct SlotSkip: Hashable, Sendable {
    /// The reason, the same for the whole row.
    package let reason: SkipReason
    /// The first slot of the row.
    package let firstSlot: Timestamp
    /// The last slot of the row; equal to `firstSlot` for a single one.
    package let lastSlot: Timestamp
    /// How many slots the row has, at least 1.
    package let count: Int64
    /// When this was decided.
    package let decidedAt: Timestamp

    package init(reason: SkipReason, firstSlot: Timestamp, lastSlot: Timestamp, count: Int64, decidedAt: Timestamp) {
        self.reason = reason
        self.firstSlot = firstSlot
        self.lastSlot = lastSlot
        self.count = count
        self.decidedAt = decidedAt
    }
}
