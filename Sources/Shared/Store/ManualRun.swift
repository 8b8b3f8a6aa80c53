// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A run that somebody asks for.
package struct ManualRun: Hashable, Sendable {
    /// Made by the caller, so that the insert can be repeated.
    package let id: RunID
    /// The job.
    package let jobName: JobName
    /// The time of the request, by the cluster's clock.
    package let createdTime: Timestamp
    /// In the place of the job's payload; `nil` = the job's.
    package let payload: JSONValue?

    package init(id: RunID, jobName: JobName, createdTime: Timestamp, payload: JSONValue?) {
        self.id = id
        self.jobName = jobName
        self.createdTime = createdTime
        self.payload = payload
    }
}
