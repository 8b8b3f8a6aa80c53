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
    /// `job` gives the time-outs; without it (not ours any more) the run is marked to be looked at by its owner at once.
    /// A repeated `running` counts as a sign of life.
    package static func apply(
        _ message: WorkerMessage, to run: inout Run, job: Job?, now: Timestamp, settings: EngineSettings
    ) -> Verdict {
        if let attempt = message.attempt, attempt != run.attempt { return .wrongAttempt }
        switch message.content {
        case .status(.running) where run.status == .running, .heartbeat:
            guard run.status == .running || run.status == .cancelling else { return .notAllowed }
            run.heartbeat = now
        case .status(let status):
            guard run.status.canBecome(status) else { return .notAllowed }
            move(&run, to: status, now: now)
            run.deadline = job.map { RunDeadline.of(run, job: $0, now: now, settings: settings) } ?? now
            if status.isFinal { run.deadline = nil }
        }
        if let progress = message.progress { run.progress = progress }
        if let error = message.error { run.error = error }
        if let result = message.result { run.result = result }
        return .applied
    }

    private static func move(_ run: inout Run, to status: RunStatus, now: Timestamp) {
        run.status = status
        run.isWaiting = false
        if status == .running {
            run.startTime = now
        } else {
            run.endTime = now
        }
    }
}
