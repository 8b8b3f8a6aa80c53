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
    /// A manual run that no owner has touched yet counts as unheard of, like one that waits for its turn or for its next
    /// attempt.
    package init(_ run: RunRecord) {
        switch run.status {
        case .cancelled, .failed, .completed: self = .late
        case .cancelling: self = .none
        case .running: self = .tell
        case .pending:
            let isUntouched = run.trigger == .manual && run.revision == 0 && !run.isPublished
            self = run.isWaiting || run.retryAt != nil || isUntouched ? .end : .tell
        }
    }
}
