// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// How a run is stopped, given how it stands.
package enum RunStop: Hashable, Sendable {
    /// No worker has heard of it: it ends at once.
    case end
    /// A worker may be at it: it is told, and ends when it says so.
    case tell
    /// It was told already.
    case none
    /// It has ended before.
    case late

    /// What must be done to stop this run.
    ///
    /// Nobody has handed a run to the broker that was asked for and not looked at yet, that has waited for its turn since it
    /// was made, or that waits for its next attempt (`Run.isUnseen`, for records).
    package init(_ run: RunRecord) {
        switch run.status {
        case .cancelled, .failed, .completed: self = .late
        case .cancelling: self = .none
        case .running: self = .tell
        case .pending:
            let isNew = run.revision == 0 && (run.isWaiting || run.trigger == .manual)
            self = !run.isPublished && (run.retryAt != nil || isNew) ? .end : .tell
        }
    }
}
