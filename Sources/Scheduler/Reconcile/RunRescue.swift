// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// What a run whose deadline has passed, or that a new owner has found, needs: decided from values alone.
package enum RunRescue {
    /// The run as it is to be, which is the run as it is when nothing is due.
    ///
    /// - start or execution time-out: `cancelling`, its cancel action to be published
    /// - heartbeat lost: `pending` again, the next attempt, its run action to be published
    /// - cancelling and silent: `cancelled`
    /// - pending and not published, of a serial job: waits for its turn (again)
    ///
    /// `heardSince` as in ``RunDeadline``. The deadline is set anew in any case. What is unpublished afterwards (``Run/unpublishedAction``) is to be published.
    package static func of(
        _ run: Run, job: Job, now: Timestamp, heardSince: Timestamp = .earliest, settings: EngineSettings
    ) -> Run {
        var rescued = run
        if run.status == .cancelling, run.cancelledAt == nil { rescued.cancelledAt = now }
        let limits = RunLimits(rescued, job: job, heardSince: heardSince, settings: settings)
        switch run.status {
        case .pending:
            if run.publishedAt != nil, let limit = limits.start, limit <= now {
                cancel(&rescued, "not started within \(job.runStartTimeout.milliseconds) ms", now)
            } else if run.unpublishedAction != nil, !job.allowsConcurrentRuns {
                // Another run may have been published since: it has to queue again.
                rescued.isWaiting = true
            }
        case .running:
            if let limit = limits.execution, limit <= now {
                cancel(&rescued, "not finished within \(job.runExecutionTimeout.milliseconds) ms", now)
            } else if let limit = limits.silence, limit <= now {
                startAgain(&rescued)
            }
        case .cancelling:
            if limits.cancelSilence <= now {
                rescued.status = .cancelled
                rescued.endTime = now
            }
        case .cancelled, .failed, .completed:
            break
        }
        rescued.deadline = RunDeadline.of(rescued, job: job, now: now, heardSince: heardSince, settings: settings)
        return rescued
    }

    /// The run as it is to be when its job is gone: told to stop, or ended at once where no worker knows of it.
    package static func ofDeletedJob(_ run: Run, job: Job, now: Timestamp, settings: EngineSettings) -> Run {
        guard !run.status.isFinal, run.status != .cancelling else {
            return of(run, job: job, now: now, settings: settings)
        }
        var rescued = run
        if run.isWaiting || run.unpublishedAction != nil {
            rescued.isWaiting = false
            rescued.status = .cancelled
            rescued.endTime = now
            rescued.error = "the job was deleted"
        } else {
            cancel(&rescued, "the job was deleted", now)
        }
        rescued.deadline = RunDeadline.of(rescued, job: job, now: now, settings: settings)
        return rescued
    }

    private static func cancel(_ run: inout Run, _ reason: String, _ now: Timestamp) {
        run.status = .cancelling
        run.cancelledAt = now
        run.publishedAt = nil
        run.error = reason
    }

    private static func startAgain(_ run: inout Run) {
        run.status = .pending
        run.attempt += 1
        run.startTime = nil
        run.heartbeat = nil
        run.progress = nil
        run.publishedAt = nil
    }
}
