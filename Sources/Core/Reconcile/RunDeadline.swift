// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// When a run must be looked at again: every state that is not final has an answer, or is one that nobody limits.
package enum RunDeadline {
    /// The deadline of `run` as it stands, by the rules of its job; `nil` = nothing is due.
    ///
    /// `receivingSince` is when this instance began to hear the job's workers: silence counts from then on, and what they may
    /// have said meanwhile gets a moment to come in.
    ///
    /// | run | deadline |
    /// |---|---|
    /// | waiting for its turn, or ended | none |
    /// | backing off | the time of its next attempt |
    /// | pending or cancelling, action not published | `now` + publish time-out, to publish it again |
    /// | pending, published | published + `runStartTimeout` |
    /// | running | start + `runExecutionTimeout`, or last sign of life + `heartbeatTimeout`, whichever is first |
    /// | cancelling | cancel or last sign of life + `heartbeatTimeout` (60 s where that is 0) |
    package static func of(
        _ run: Run, job: Job, now: Timestamp, receivingSince: Timestamp = .earliest, settings: EngineSettings
    ) -> Timestamp? {
        let limits = RunLimits(run, job: job, receivingSince: receivingSince, settings: settings)
        let publish = run.unpublishedAction == nil ? nil : now + settings.publishTimeout
        switch run.status {
        case .pending:
            return run.isBackingOff ? run.retryAt : run.isWaiting ? nil : publish ?? limits.start
        case .running:
            return [limits.execution, limits.silence].compactMap(\.self).min()
        case .cancelling:
            return min(publish ?? limits.cancelSilence, limits.cancelSilence)
        case .cancelled, .failed, .completed:
            return nil
        }
    }
}
