// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A run as the API shows it.
package struct RunRecord: Sendable {
    /// The key.
    package var id: RunID
    /// The job it belongs, or belonged, to.
    package var jobName: JobName
    /// Where it stands.
    package var status: RunStatus
    /// When it was made.
    package var createdTime: Timestamp
    /// When the worker of the current attempt said `running`.
    package var startTime: Timestamp?
    /// When it became final.
    package var endTime: Timestamp?
    /// When its worker was last heard of.
    package var heartbeat: Timestamp?
    /// Its slot, also when a later job of the same name has taken the slot's place.
    package var scheduledTime: Timestamp?
    /// Counts from 1.
    package var attempt = 1
    /// What made it.
    package var trigger = RunTrigger.manual
    /// The run's own payload.
    package var payload: JSONValue?
    /// 0...1.
    package var progress: Double?
    /// What went wrong.
    package var error: String?
    /// What the worker gave back.
    package var result: JSONValue?
    /// When the next attempt is due, while it waits for it.
    package var retryAt: Timestamp?
    /// How its attempts ended, the latest last.
    package var attempts: [RunAttempt] = []
    /// What was mended or left out of its worker's messages.
    package var notes: [String] = []
    /// Waits behind another run of a serial job; internal.
    package var isWaiting = false
    /// Whether the action that the status calls for was confirmed; internal.
    package var isPublished = false
    /// Counts the guarded updates; internal.
    package var revision: Int64 = 0

    /// A record with what every run has.
    package init(id: RunID, jobName: JobName, status: RunStatus, createdTime: Timestamp) {
        self.id = id
        self.jobName = jobName
        self.status = status
        self.createdTime = createdTime
    }

    /// What the API shows of a run.
    package init(_ run: Run) {
        self.init(id: run.id, jobName: run.jobName, status: run.status, createdTime: run.createdTime)
        startTime = run.startTime
        endTime = run.endTime
        heartbeat = run.heartbeat
        scheduledTime = run.scheduledTime
        attempt = run.attempt
        trigger = run.trigger
        payload = run.payload
        progress = run.progress
        error = run.error
        result = run.result
        retryAt = run.retryAt
        attempts = run.attempts
        notes = run.notes
        isWaiting = run.isWaiting
        isPublished = run.publishedAt != nil
        revision = run.revision
    }
}
