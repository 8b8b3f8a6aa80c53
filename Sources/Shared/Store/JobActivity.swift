// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What a job's runs are doing, counted from what is stored of them.
package struct JobActivity: Hashable, Sendable {
    /// Runs that are not ended and not waiting for their turn.
    package var active: Int
    /// Runs that are pending, whether waiting for their turn, for the broker or for a worker.
    package var pending: Int
    /// Runs that wait for their turn.
    package var waiting: Int
    /// Whose turn is next of those that wait: a run that a dead owner may have handed over already, before all others; then
    /// the oldest by `createdTime`, then id.
    package var oldestWaiting: Run?

    /// All zero by default.
    package init(active: Int = 0, pending: Int = 0, waiting: Int = 0, oldestWaiting: Run? = nil) {
        self.active = active
        self.pending = pending
        self.waiting = waiting
        self.oldestWaiting = oldestWaiting
    }
}
