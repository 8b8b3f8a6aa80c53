// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Notes that the broker confirmed the action of a run.
package struct PublishedMark: Hashable, Sendable {
    /// The run.
    package let id: RunID
    /// What was confirmed; it is noted only while the run's status still calls for it.
    package let action: RunAction
    /// The attempt that it was for.
    package let attempt: Int
    /// When it was confirmed.
    package let publishedAt: Timestamp
    /// The run's new deadline; `nil` = none.
    package let deadline: Timestamp?

    package init(id: RunID, action: RunAction, attempt: Int, publishedAt: Timestamp, deadline: Timestamp?) {
        self.id = id
        self.action = action
        self.attempt = attempt
        self.publishedAt = publishedAt
        self.deadline = deadline
    }
}
