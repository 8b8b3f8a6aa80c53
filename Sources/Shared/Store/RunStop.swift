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
    /// It ends at once when nobody has handed it to the broker: `Run.isUnseen`, for records.
    package init(_ run: RunRecord) {
        switch run.status {
        case .cancelled, .failed, .completed: self = .late
        case .cancelling: self = .none
        case .running: self = .tell
        case .pending:
            let isNew = Run.isUntouched(run.trigger, revision: run.revision, isWaiting: run.isWaiting)
            self = !run.isPublished && (run.retryAt != nil || isNew) ? .end : .tell
        }
    }
}
