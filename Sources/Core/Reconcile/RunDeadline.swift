// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// When a run must be looked at again: every state that is not final has an answer, or is one that nobody limits.
///
/// What is done about it then: ``RunRescue``.
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
    /// | running, its request not answered | start + `runExecutionTimeout`, or + the request's time-out and the publish time-out, whichever is first |
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
            // Its owner knows how its request stands; this is for the case that it does not.
            let later = now + settings.publishTimeout
            let answer = limits.answer.map { max($0, later) }
            return [limits.execution, limits.silence, answer].compactMap(\.self).min()
        case .cancelling:
            return min(publish ?? limits.cancelSilence, limits.cancelSilence)
        case .cancelled, .failed, .completed:
            return nil
        }
    }
}

/// The moments at which a run has taken too long, by the rules of its job; `nil` = never.
struct RunLimits {
    /// A published run that nobody has started is to be cancelled.
    let start: Timestamp?
    /// A running run is to be cancelled.
    let execution: Timestamp?
    /// A running run counts as lost.
    let silence: Timestamp?
    /// The request of a running run has ended, or its owner has.
    let answer: Timestamp?
    /// A cancelling run is no longer waited for.
    let cancelSilence: Timestamp

    /// Works them out; `receivingSince` as in ``RunDeadline``.
    init(_ run: Run, job: Job, receivingSince: Timestamp, settings: EngineSettings) {
        // What our own requests say does not come over the bus.
        let receivingSince = run.isByHTTP ? .earliest : receivingSince
        let begin = run.startTime ?? run.createdTime
        let lastSign = max(begin, run.heartbeat ?? .earliest, receivingSince)
        let told = max(run.cancelledAt ?? begin, run.heartbeat ?? .earliest, receivingSince)
        /// The end of a span; what may have been said in it before we heard gets a moment to come in.
        func end(of span: Duration, from first: Timestamp) -> Timestamp {
            first >= receivingSince ? first + span : max(first + span, receivingSince + settings.ingestGrace)
        }
        start =
            job.runStartTimeout > .zero && !run.isWaiting
            ? run.publishedAt.map { end(of: job.runStartTimeout, from: $0) } : nil
        execution = job.runExecutionTimeout > .zero ? end(of: job.runExecutionTimeout, from: begin) : nil
        let longest = Duration.milliseconds(HTTPDelivery.timeouts.upperBound)
        let isInFlight = run.isByHTTP && run.accepted == nil
        answer = isInFlight ? begin + (job.delivery.http?.timeout ?? longest) + settings.publishTimeout : nil
        silence = job.heartbeatTimeout > .zero && !isInFlight ? lastSign + job.heartbeatTimeout : nil
        cancelSilence = told + (job.heartbeatTimeout > .zero ? job.heartbeatTimeout : settings.cancelSilence)
    }
}
