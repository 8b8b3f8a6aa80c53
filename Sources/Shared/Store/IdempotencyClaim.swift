// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Ties an idempotency key to the one run that it makes; kept for a day, or until the job is deleted.
package struct IdempotencyClaim: Hashable, Sendable {
    /// Stands for subject, job and key; hexadecimal.
    package let key: String
    /// Whose run it is.
    package let jobName: JobName
    /// Stands for the body; hexadecimal.
    package let body: String
    /// The run that the first to claim the key makes.
    package let runID: RunID
    /// Whether that run was made: then it is never made again, even when it was pruned since.
    package var isDone: Bool

    package init(key: String, jobName: JobName, body: String, runID: RunID, isDone: Bool = false) {
        self.key = key
        self.jobName = jobName
        self.body = body
        self.runID = runID
        self.isDone = isDone
    }
}
