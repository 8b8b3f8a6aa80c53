// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension ConsumerRole {
    /// Consumes jobs; of one that was gone somebody may have removed something, so it is declared again when next published to.
    func subscribe(_ jobs: [JobName]) {
        for job in jobs where roster.isDraining(job) { context.declared.remove(.job(job)) }
        roster.subscribe(jobs)
    }

    /// Forgets jobs; what was refused of them shows no longer.
    func unsubscribe(_ jobs: [JobName]) {
        for job in jobs where roster.isDraining(job) { context.declared.remove(.job(job)) }
        roster.unsubscribe(jobs)
        for job in jobs { context.status.setRefused(job, nil, Self.side) }
    }

    /// Begins the next trial, if there is one and none under way.
    func beginTrial(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) {
        guard trying.isOpen, trial == nil, let job = roster.takeUntried() else { return }
        trial = ConsumerTrial(of: job)
        try goOnTrying(on: writer, at: now)
    }

    /// Sends the trial's next method, or ends it.
    func goOnTrying(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) {
        guard let trial else { return }
        if let method = trial.method {
            try trying.send(method, on: writer, at: now)
        } else {
            self.trial = nil
            context.status.setRefused(trial.job, nil, Self.side)
            roster.tried(trial.job)
        }
    }
}
