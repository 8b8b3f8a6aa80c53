// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// What a run whose deadline has passed, or that a new owner has found, needs: decided from values alone.
package enum RunRescue {
    /// The run as it is to be, which is the run as it is when nothing is due.
    ///
    /// - start or execution time-out: `cancelling`, its cancel action to be published
    /// - heartbeat lost, or `isLost`: `pending` again, the next attempt, its run action to be published
    /// - cancelling and silent: `cancelled`
    /// - the time of the next attempt has come: to be published; of a serial job, waits for its turn
    /// - pending and not published, of a serial job: waits for its turn (again)
    /// - about to be published for the first time: goes where its job says now (``Run/address(by:)``)
    ///
    /// `receivingSince` as in ``RunDeadline``; what workers said after `ingestedUntil` (`nil` = `now`) may not be known
    /// yet, so no time-out of theirs has passed after it. The deadline is set anew in any case. What is unpublished
    /// afterwards (``Run/unpublishedAction``) is to be published. `isLost` says of a run by HTTP that nobody waits for its
    /// answer any more.
    package static func of(
        _ run: Run, job: Job, now: Timestamp, receivingSince: Timestamp = .earliest, ingestedUntil: Timestamp? = nil,
        isLost: Bool = false, settings: EngineSettings
    ) -> Run {
        let heard = run.isByHTTP ? now : min(ingestedUntil ?? now, now)
        var rescued = run
        if run.status == .cancelling, run.cancelledAt == nil { rescued.cancelledAt = now }
        let limits = RunLimits(rescued, job: job, receivingSince: receivingSince, settings: settings)
        switch run.status {
        case .pending:
            if run.isBackingOff {
                if let retryAt = run.retryAt, retryAt <= now { comeBack(&rescued, job: job) }
            } else if run.publishedAt != nil, let limit = limits.start, limit <= heard {
                cancel(&rescued, "not started within \(job.runStartTimeout.milliseconds) ms", now)
            } else if run.unpublishedAction != nil, !job.allowsConcurrentRuns {
                // Another run may have been published since: it has to queue again.
                rescued.isWaiting = true
            }
        case .running:
            if let limit = limits.execution, limit <= heard {
                cancel(&rescued, "not finished within \(job.runExecutionTimeout.milliseconds) ms", now)
            } else if let limit = limits.silence, limit <= heard {
                startAgain(&rescued, "silent for longer than \(job.heartbeatTimeout.milliseconds) ms", now)
            } else if isLost {
                startAgain(&rescued, "the Scheduler that sent the request was gone before the answer came", now)
            }
        case .cancelling:
            if limits.cancelSilence <= heard { end(&rescued, now) }
        case .cancelled, .failed, .completed:
            break
        }
        rescued.address(by: job)
        rescued.deadline = RunDeadline.of(
            rescued, job: job, now: now, receivingSince: receivingSince, settings: settings)
        return rescued
    }

    /// The run as it is to be when its job is gone: told to stop, or ended at once where surely no worker knows of it.
    package static func ofDeletedJob(
        _ run: Run, job: Job, now: Timestamp, receivingSince: Timestamp = .earliest, ingestedUntil: Timestamp? = nil,
        settings: EngineSettings
    ) -> Run {
        guard run.status == .pending || run.status == .running else {
            return of(
                run, job: job, now: now, receivingSince: receivingSince, ingestedUntil: ingestedUntil,
                settings: settings)
        }
        var rescued = run
        if run.isWaiting || run.isUnseen {
            drop(&rescued, "the job was deleted", now)
        } else {
            cancel(&rescued, "the job was deleted", now)
        }
        rescued.deadline = RunDeadline.of(
            rescued, job: job, now: now, receivingSince: receivingSince, settings: settings)
        return rescued
    }

    /// A `cancelling` run whose run action was never handed to the broker, as it is to be: ended at once.
    package static func ofUnsent(_ run: Run, now: Timestamp) -> Run {
        var ended = run
        drop(&ended, run.error, now)
        ended.deadline = nil
        return ended
    }

    private static func cancel(_ run: inout Run, _ reason: String, _ now: Timestamp) {
        run.workers = run.addressee
        run.status = .cancelling
        run.cancelledAt = now
        run.publishedAt = nil
        run.error = reason
    }

    /// Ends a run that no worker has begun: its attempt leaves no row in the history.
    private static func drop(_ run: inout Run, _ reason: String?, _ now: Timestamp) {
        run.status = .cancelled
        run.isWaiting = false
        run.retryAt = nil
        run.endTime = now
        run.error = reason
    }

    private static func end(_ run: inout Run, _ now: Timestamp) {
        run.status = .cancelled
        run.endTime = now
        run.noteEnd(.cancelled, at: now, error: run.error)
    }

    private static func startAgain(_ run: inout Run, _ reason: String, _ now: Timestamp) {
        run.noteEnd(.lost, at: now, error: reason)
        run.beginNextAttempt()
    }

    /// The time of the next attempt has come.
    ///
    /// One that has to queue keeps `retryAt` until its turn: no worker can know of it before.
    private static func comeBack(_ run: inout Run, job: Job) {
        if job.allowsConcurrentRuns { run.retryAt = nil } else { run.isWaiting = true }
    }
}
