// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The message that asks a worker to start or stop a run (contract, section 3).
package struct ActionMessage: Hashable, Sendable {
    /// The job.
    package let jobName: JobName
    /// Where it goes: to the topic exchange of these, with key `action`.
    package let workers: WorkerAddress
    /// The run.
    package let runID: RunID
    /// What to do.
    package let action: RunAction
    /// Which attempt it is for, from 1.
    package let attempt: Int
    /// The run's slot; left out when `nil`.
    package let scheduledTime: Timestamp?
    /// The run's or the job's payload; left out when `nil`.
    package let payload: JSONValue?
    /// When the Scheduler decided it: AMQP property `timestamp` (whole seconds on the wire).
    package let decidedAt: Timestamp

    /// `workers` are the job's own unless given.
    package init(
        jobName: JobName, runID: RunID, action: RunAction, attempt: Int, scheduledTime: Timestamp?,
        payload: JSONValue?, decidedAt: Timestamp, workers: WorkerAddress? = nil
    ) {
        self.jobName = jobName
        self.workers = workers ?? .job(jobName)
        self.runID = runID
        self.action = action
        self.attempt = attempt
        self.scheduledTime = scheduledTime
        self.payload = payload
        self.decidedAt = decidedAt
    }

    /// What a request or a message to somebody else has for a body (contract, section 9): the payload, a text as it is; without
    /// one the action itself.
    package var content: (type: String, body: [UInt8]) {
        switch payload {
        case nil: return ("application/json", encodedBody())
        case .string(let text)?: return ("text/plain; charset=utf-8", Array(text.utf8))
        case let payload?:
            var json = JSONWriter()
            json.write(payload)
            return ("application/json", json.bytes)
        }
    }

    /// The payload as JSON, whatever it is: a text in quotes, none as `null`.
    package var jsonContent: (type: String, body: [UInt8]) {
        var json = JSONWriter()
        json.write(payload ?? .null)
        return ("application/json", json.bytes)
    }

    /// `<runId>:<action>:<attempt>`: equal on every redelivery and republish of the same thing.
    package var messageID: String { "\(runID):\(action.rawValue):\(attempt)" }
}
