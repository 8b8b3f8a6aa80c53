// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// The effect of a worker's message on a run: decided from values alone.
package enum RunReport {
    /// What became of a message; the raw values are metrics labels.
    package enum Verdict: String, Hashable, Sendable, CaseIterable {
        /// It changed the run.
        case applied
        /// It was about an earlier (or not yet made) attempt.
        case wrongAttempt
        /// The run's status does not allow it: a duplicate, a late message, or one out of order.
        case notAllowed
        /// The run no longer exists.
        case unknownRun
    }

    /// Applies `message` to `run` where the run's attempt and status allow it; otherwise changes nothing.
    ///
    /// A message whose attempt cannot be understood, and is taken for the first one, leaves a note where that is over.
    ///
    /// `job` gives the time-outs and the attempts; without it (it is gone) a failed run stays failed, and any other is
    /// marked to be looked at at once. A repeated `running` counts as a sign of life. `jitter` draws from 0 to 1.
    package static func apply(
        _ message: WorkerMessage, to run: inout Run, job: @autoclosure () -> Job?, now: Timestamp,
        settings: EngineSettings,
        jitter: () -> Double = { 0 }
    ) -> Verdict {
        if let attempt = message.attempt, attempt != run.attempt {
            noteMangledAttempt(of: message, &run)
            return .wrongAttempt
        }
        // Nobody has been given this attempt yet: it is about the one before.
        if run.retryAt != nil, !run.status.isFinal { return .wrongAttempt }
        switch message.content {
        case .status(.running) where run.status == .running, .heartbeat:
            guard run.status == .running || run.status == .cancelling else { return .notAllowed }
            run.heartbeat = now
            takeOver(message, &run)
        case .accepted:
            guard run.status == .running else { return .notAllowed }
            run.accepted = message.seen ?? HTTPAttempt()
            run.heartbeat = now
            run.deadline = job().map { RunDeadline.of(run, job: $0, now: now, settings: settings) } ?? now
        case .status(let status):
            guard run.status.canBecome(status) else { return .notAllowed }
            let wasCancelling = run.status == .cancelling
            takeOver(message, &run)
            move(&run, to: status, seen: message.seen, now: now)
            if status == .running, let lockEpoch = message.sentUnder {
                run.isByHTTP = true
                run.lockEpoch = max(run.lockEpoch, lockEpoch)
            }
            if status == .failed, !wasCancelling, message.mayRetry, let job = job(),
                let wait = wait(after: run, job: job, atLeast: message.retryAfter, jitter: jitter)
            {
                run.endTime = nil
                run.beginNextAttempt(retryAt: now + wait)
            }
            run.deadline =
                run.status.isFinal
                ? nil : job().map { RunDeadline.of(run, job: $0, now: now, settings: settings) } ?? now
        }
        return .applied
    }

    private static func noteMangledAttempt(of message: WorkerMessage, _ run: inout Run) {
        let isWithWorker = run.status == .pending ? run.publishedAt != nil : !run.status.isFinal
        guard isWithWorker, let note = message.notes.first(where: { $0.field == "attempt" && $0.mend == .sense })
        else { return }
        let word = if case .status(let status) = message.content { status.rawValue } else { "a heartbeat" }
        run.note(["\(note), so \(word) did not count for \(run.attempt)"])
    }

    private static func takeOver(_ message: WorkerMessage, _ run: inout Run) {
        if let progress = message.progress { run.progress = progress }
        if let error = message.error { run.error = error }
        if let result = message.result { run.result = result }
        run.note(message.notes.map(\.description))
    }

    private static func move(_ run: inout Run, to status: RunStatus, seen: HTTPAttempt?, now: Timestamp) {
        run.status = status
        run.isWaiting = false
        if status == .running {
            run.startTime = now
            run.heartbeat = now
        } else {
            run.endTime = now
            if let outcome = RunAttempt.Outcome(status) {
                run.noteEnd(outcome, at: now, error: run.error, http: seen)
            }
        }
    }

    /// How long a run whose attempt has failed waits for the next one; `nil` = there is none.
    private static func wait(
        after run: Run, job: Job, atLeast least: Duration, jitter: () -> Double
    ) -> Duration? {
        if let terms = job.clockMonster { return terms.wait(afterFailureOf: run) }
        guard run.attempt < job.maxAttempts else { return nil }
        return max(least, job.retryBackoff.delay(after: run.attempt, jitter: jitter()))
    }
}
