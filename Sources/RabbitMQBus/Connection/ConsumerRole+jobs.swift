// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension ConsumerRole {
    /// Consumes queues; of a job that was gone somebody may have removed something, so it is declared again when next published to.
    func subscribe(_ all: [WorkerAddress]) {
        for workers in all where roster.isDraining(workers) { context.declared.remove(.workers(workers)) }
        roster.subscribe(all)
    }

    /// Forgets queues; what was refused of them shows no longer.
    func unsubscribe(_ all: [WorkerAddress]) {
        for workers in all where roster.isDraining(workers) { context.declared.remove(.workers(workers)) }
        roster.unsubscribe(all)
        for workers in all { context.status.setRefused(workers, nil, Self.side) }
    }

    /// Begins the next trial, if there is one and none under way.
    func beginTrial(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) {
        guard trying.isOpen, trial == nil, let workers = roster.takeUntried() else { return }
        trial = ConsumerTrial(of: workers)
        try goOnTrying(on: writer, at: now)
    }

    /// Sends the trial's next method, or ends it.
    func goOnTrying(on writer: BrokerLink, at now: ContinuousClock.Instant) throws(LinkError) {
        guard let trial else { return }
        if let method = trial.method {
            try trying.send(method, on: writer, at: now)
        } else {
            self.trial = nil
            context.status.setRefused(trial.workers, nil, Self.side)
            roster.tried(trial.workers)
        }
    }
}
