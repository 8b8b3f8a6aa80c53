// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What a worker says of a run, parsed from a delivery (contract, section 3).
package struct WorkerMessage: Hashable, Sendable {
    /// Which of the two kinds of message it is.
    package enum Content: Hashable, Sendable {
        /// The run has got there: `running`, `completed`, `failed` or `cancelled`.
        case status(RunStatus)
        /// The worker is alive.
        case heartbeat
    }

    /// The run it speaks of; whether that belongs to the job is for the receiver to check.
    package let runID: RunID
    /// What it says.
    package let content: Content
    /// The attempt it is about; `nil` = the current one.
    package var attempt: Int?
    /// What went wrong.
    package var error: String?
    /// What the run gave back; at most 64 KiB as sent.
    package var result: JSONValue?
    /// 0...1.
    package var progress: Double?

    /// Puts a message together.
    package init(runID: RunID, content: Content, attempt: Int? = nil) {
        self.runID = runID
        self.content = content
        self.attempt = attempt
    }
}
