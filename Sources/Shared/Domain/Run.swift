// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One execution of a job: the document, as a value.
///
/// Who moves which field is said in docs/job-lifecycle.md.
package struct Run: Hashable, Sendable {
    /// The key.
    package let id: RunID
    /// The job it belongs to.
    package let jobName: JobName
    /// Where it stands.
    package var status: RunStatus
    /// When its document was made, by the cluster's clock.
    package var createdTime: Timestamp
    /// When the worker of the current attempt said `running`.
    package var startTime: Timestamp?
    /// When it became final.
    package var endTime: Timestamp?
    /// When its worker was last heard of in the current attempt.
    package var heartbeat: Timestamp?
    /// Its slot; `nil` in documents of the Go program.
    package var scheduledTime: Timestamp?
    /// Counts from 1; a document without it is at its first.
    package var attempt: Int
    /// What made it.
    package var trigger: RunTrigger
    /// The run's own payload; `nil` = the job's.
    package var payload: JSONValue?
    /// 0...1, as the worker reported it.
    package var progress: Double?
    /// What went wrong, in the worker's words or ours.
    package var error: String?
    /// What the worker gave back.
    package var result: JSONValue?
    /// What was mended or left out of its worker's messages, each text once; the first ``keptNotes`` of them, of all attempts.
    package private(set) var notes: [String] = []
    /// How its attempts ended, the latest last; at most ``RunAttempt/kept``.
    package var attempts: [RunAttempt] = []

    /// Waits behind another run of a serial job: pending, and its action is not to be published yet.
    ///
    /// Internal.
    package var isWaiting: Bool
    /// The current attempt follows a failed one and is not to be published before this; gone once it is released.
    ///
    /// As long as it is there, no worker can know of the attempt. Internal.
    package var retryAt: Timestamp?
    /// Its job was deleted: whoever has the name now has nothing to do with it.
    ///
    /// Internal.
    package var isRetired = false
    /// When the broker confirmed the action that the status calls for (`run` for pending, `cancel` for cancelling).
    ///
    /// Internal.
    package var publishedAt: Timestamp?
    /// Whose workers its actions go to, at every attempt, since it was first about to be published; `nil` = it was not yet, or it
    /// leaves otherwise.
    ///
    /// See ``address(by:)``. Internal.
    package var workers: WorkerAddress?
    /// Its current attempt was begun as an HTTP request: only its owner's process knows whether that is still under way.
    ///
    /// Internal.
    package var isByHTTP = false
    /// What was seen of its current attempt's request when it was answered 202; `nil` = it was not.
    ///
    /// The run is its receiver's since, which reports at the callback address. Internal.
    package var accepted: HTTPAttempt?
    /// When it was told to stop.
    ///
    /// Internal.
    package var cancelledAt: Timestamp?
    /// When somebody must look at it again, at the latest; `nil` = nothing is due.
    ///
    /// Internal.
    package var deadline: Timestamp?
    /// The lock epoch of the owner that made or adopted it: the fence against an owner that lost its lock.
    ///
    /// Internal.
    package var lockEpoch: Int64
    /// Counts the guarded updates; 0 in documents that had none.
    ///
    /// Internal.
    package var revision: Int64

    /// How many notes a run keeps; what comes later is left out.
    package static let keptNotes = 20

    /// A pending run at its first attempt, not published.
    package init(
        id: RunID, jobName: JobName, createdTime: Timestamp, scheduledTime: Timestamp?,
        trigger: RunTrigger = .schedule, isWaiting: Bool = false, deadline: Timestamp? = nil, lockEpoch: Int64 = 0
    ) {
        self.id = id
        self.jobName = jobName
        self.status = .pending
        self.createdTime = createdTime
        self.scheduledTime = scheduledTime
        self.attempt = 1
        self.trigger = trigger
        self.isWaiting = isWaiting
        self.deadline = deadline
        self.lockEpoch = lockEpoch
        self.revision = 0
    }

    /// Adds notes that it does not have yet, while there is room.
    package mutating func note(_ texts: some Sequence<String>) {
        for text in texts where notes.count < Self.keptNotes && !notes.contains(text) { notes.append(text) }
    }

    /// The action that the current status calls for and that the broker has not confirmed yet.
    package var unpublishedAction: RunAction? {
        guard publishedAt == nil, !isWaiting, !isBackingOff else { return nil }
        switch status {
        case .pending: return .run
        case .cancelling: return .cancel
        case .running, .cancelled, .failed, .completed: return nil
        }
    }

    /// Whether it waits for the time of its next attempt; it holds no place of a serial job meanwhile.
    package var isBackingOff: Bool { status == .pending && retryAt != nil && !isWaiting }

    /// Whether surely nobody has handed its current run action to the broker: it was asked for and nobody has looked at it
    /// yet, it has waited since it was made or first looked at, or it waits for its next attempt.
    ///
    /// `false` says nothing: whoever handed it over may have died before it could say so.
    package var isUnseen: Bool {
        guard status == .pending, publishedAt == nil else { return false }
        return retryAt != nil || Self.isUntouched(trigger, revision: revision, isWaiting: isWaiting)
    }

    /// Whether a run that is pending has at most been told to wait, by the first who looked at it.
    ///
    /// A later revision can mean that it was handed over and had to queue again after a crash.
    static func isUntouched(_ trigger: RunTrigger, revision: Int64, isWaiting: Bool) -> Bool {
        switch revision {
        case 0: isWaiting || trigger == .manual
        case 1: isWaiting && trigger == .manual
        default: false
        }
    }

    /// Whether it takes the one place of a serial job: not ended, and waiting neither for its turn nor for its time.
    package var isActive: Bool { !status.isFinal && !isWaiting && !isBackingOff && !isRetired }
}
