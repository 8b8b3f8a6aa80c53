// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Where a run stands; the raw values are those of messages and documents (contract, section 5).
package enum RunStatus: String, Hashable, Sendable, CaseIterable {
    /// Made by the Scheduler: waits for its turn, for the broker or for a worker. Left by a worker's message or a deadline.
    case pending
    /// A worker said that it works on it. Left by its message, by silence (back to `pending`) or by a deadline.
    case running
    /// The Scheduler asked the worker to stop. Left by the worker's message, or by silence.
    case cancelling
    /// Stopped before its end; final.
    case cancelled
    /// The worker gave up; final, unless the Scheduler retries.
    case failed
    /// The worker is done; final.
    case completed

    /// Whether nothing follows.
    package var isFinal: Bool {
        switch self {
        case .pending, .running, .cancelling: false
        case .cancelled, .failed, .completed: true
        }
    }

    /// The statuses that are not final.
    package static let active: [RunStatus] = [.pending, .running, .cancelling]

    /// The statuses that are.
    package static let ended: [RunStatus] = [.completed, .failed, .cancelled]

    /// Whether a run may go from this status to `next`.
    ///
    /// | from | to |
    /// |---|---|
    /// | pending | running, completed, failed, cancelling, cancelled |
    /// | running | completed, failed, cancelling, cancelled, pending |
    /// | cancelling | cancelled, completed, failed |
    /// | cancelled, failed, completed | none |
    package func canBecome(_ next: RunStatus) -> Bool {
        switch self {
        case .pending: next != .pending
        case .running: next != .running
        case .cancelling: next.isFinal
        case .cancelled, .failed, .completed: false
        }
    }
}
