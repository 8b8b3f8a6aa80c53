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

    /// Works them out; `heardSince` as in ``RunDeadline``.
    init(_ run: Run, job: Job, heardSince: Timestamp, settings: EngineSettings) {
        let begin = run.startTime ?? run.createdTime
        let lastSign = max(begin, run.heartbeat ?? .earliest, heardSince)
        let told = max(run.cancelledAt ?? begin, run.heartbeat ?? .earliest, heardSince)
        let heard = heardSince + settings.hearingGrace
        start =
            job.runStartTimeout > .zero && !run.isWaiting
            ? run.publishedAt.map { max($0 + job.runStartTimeout, heard) } : nil
        execution = job.runExecutionTimeout > .zero ? max(begin + job.runExecutionTimeout, heard) : nil
        silence = job.heartbeatTimeout > .zero ? lastSign + job.heartbeatTimeout : nil
        cancelSilence = told + (job.heartbeatTimeout > .zero ? job.heartbeatTimeout : settings.cancelSilence)
    }
}
