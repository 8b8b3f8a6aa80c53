// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The moments at which a run has taken too long, by the rules of its job; `nil` = never.
struct RunLimits {
    /// A published run that nobody has started is to be cancelled.
    let start: Timestamp?
    /// A running run is to be cancelled.
    let execution: Timestamp?
    /// A running run counts as lost.
    let silence: Timestamp?
    /// A cancelling run is no longer waited for.
    let cancelSilence: Timestamp

    /// Works them out; `receivingSince` as in ``RunDeadline``.
    init(_ run: Run, job: Job, receivingSince: Timestamp, settings: EngineSettings) {
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
        silence = job.heartbeatTimeout > .zero ? lastSign + job.heartbeatTimeout : nil
        cancelSilence = told + (job.heartbeatTimeout > .zero ? job.heartbeatTimeout : settings.cancelSilence)
    }
}
