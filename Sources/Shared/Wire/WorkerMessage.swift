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
        /// The receiver of a request has answered 202, and reports the rest itself; said by our own HTTP way out alone.
        case accepted
    }

    /// The job that it says the run is of: the queue's own, or any job of its pool; `nil` = a pool's, and it does not say.
    package var jobName: JobName?
    /// The run it speaks of; whether that belongs to the job is for the receiver to check.
    package let runID: RunID
    /// What it says.
    package let content: Content
    /// The attempt it is about; `nil` = the current one, and 1 where what stands there cannot be understood.
    package var attempt: Int?
    /// What went wrong; at most ``maximumErrorLength`` Unicode scalars.
    package var error: String?
    /// What the run gave back; at most 64 KiB as compact JSON, ``JSONReader/maximumDepth`` levels with the message.
    package var result: JSONValue?
    /// 0...1.
    package var progress: Double?
    /// Set where our own HTTP way out says it, not a worker: the lock epoch under which the request was sent.
    package var sentUnder: Int64?
    /// Whether another attempt may follow when it says `failed`.
    package var mayRetry = true
    /// How long the next attempt must wait at least, if there is one.
    package var retryAfter = Duration.zero
    /// What was seen of the request that the attempt was.
    package var seen: HTTPAttempt?
    /// What was mended in it, or left out.
    package var notes: [MessageNote] = []

    package init(runID: RunID, content: Content, attempt: Int? = nil) {
        self.runID = runID
        self.content = content
        self.attempt = attempt
    }

    /// The same news without the values of the worker's choice, which the database refuses; `nil` when there are none.
    package var bare: WorkerMessage? {
        var fields: [String] = []
        if error != nil { fields.append("error") }
        if progress != nil { fields.append("progress") }
        if result != nil { fields.append("result") }
        guard !fields.isEmpty else { return nil }
        var bare = WorkerMessage(runID: runID, content: content, attempt: attempt)
        bare.jobName = jobName
        bare.sentUnder = sentUnder
        bare.mayRetry = mayRetry
        bare.retryAfter = retryAfter
        bare.seen = seen
        bare.notes = notes + fields.map { MessageNote($0, .unstorable) }
        return bare
    }
}
