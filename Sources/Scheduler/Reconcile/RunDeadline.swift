// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// When a run must be looked at again: every state that is not final has an answer, or is one that nobody limits.
package enum RunDeadline {
    /// The deadline of `run` as it stands, by the rules of its job; `nil` = nothing is due.
    ///
    /// | run | deadline |
    /// |---|---|
    /// | waiting for its turn, or ended | none |
    /// | pending or cancelling, action not published | `now` + publish time-out, to publish it again |
    /// | pending, published | published + `runStartTimeout` |
    /// | running | start + `runExecutionTimeout`, or last sign of life + `heartbeatTimeout`, whichever is first |
    /// | cancelling | cancel or last sign of life + `heartbeatTimeout` (60 s where that is 0) |
    package static func of(_ run: Run, job: Job, now: Timestamp, settings: EngineSettings) -> Timestamp? {
        let publish = run.unpublishedAction == nil ? nil : now + settings.publishTimeout
        switch run.status {
        case .pending:
            return publish ?? start(run, of: job)
        case .running:
            return [execution(run, of: job), heartbeat(run, of: job)].compactMap(\.self).min()
        case .cancelling:
            let silence = cancelSilence(run, of: job, silence: settings.cancelSilence)
            return min(publish ?? silence, silence)
        case .cancelled, .failed, .completed:
            return nil
        }
    }

    /// When a published run that nobody started is to be cancelled.
    static func start(_ run: Run, of job: Job) -> Timestamp? {
        guard job.runStartTimeout > .zero, !run.isWaiting else { return nil }
        return run.publishedAt.map { $0 + job.runStartTimeout }
    }

    /// When a running run has taken too long.
    static func execution(_ run: Run, of job: Job) -> Timestamp? {
        guard job.runExecutionTimeout > .zero else { return nil }
        return (run.startTime ?? run.createdTime) + job.runExecutionTimeout
    }

    /// When a running run counts as lost.
    static func heartbeat(_ run: Run, of job: Job) -> Timestamp? {
        guard job.heartbeatTimeout > .zero else { return nil }
        return lastSign(run) + job.heartbeatTimeout
    }

    /// When a cancelling run is no longer waited for.
    static func cancelSilence(_ run: Run, of job: Job, silence: Duration) -> Timestamp {
        let since = max(run.cancelledAt ?? lastSign(run), run.heartbeat ?? .earliest)
        return since + (job.heartbeatTimeout > .zero ? job.heartbeatTimeout : silence)
    }

    private static func lastSign(_ run: Run) -> Timestamp {
        max(run.startTime ?? run.createdTime, run.heartbeat ?? .earliest)
    }
}
