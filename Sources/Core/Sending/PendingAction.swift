// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// An action that was decided and stored and waits for the broker's confirm.
///
/// A reference, for it is large and goes through many hands.
package final class PendingAction: Sendable {
    /// Names it: one run has at most one of each kind and attempt at a time.
    package struct Key: Hashable, Sendable {
        let runID: RunID
        let action: RunAction
        let attempt: Int
    }

    /// The message.
    package let message: ActionMessage
    /// The lock epoch of the job under which it was decided; `nil` for a run whose job is gone.
    package let lockEpoch: Int64?
    /// How long after the confirm a worker may take to start the run; zero = any time.
    package let startTimeout: Duration
    /// The run's deadline after the confirm of a cancel.
    package let cancelDeadline: Timestamp?

    /// Who carries it.
    package enum Outlet: Hashable, Sendable {
        case workers, requests, messages
    }

    /// By whom it leaves, or is called off.
    package let outlet: Outlet
    /// The request that it is; `nil` for what leaves otherwise, and for a cancel of which no receiver is to be told.
    package let request: RunRequest?
    /// The message that it is; `nil` for what leaves otherwise, and for the cancel of a message.
    package let outgoing: RunMessage?

    /// The run, as it called for it.
    let known: KnownRun
    /// Whether surely nobody has handed it to the broker before: then this instance can take it back.
    package let isFirstHand: Bool

    /// What names it.
    package var key: Key { Key(runID: message.runID, action: message.action, attempt: message.attempt) }

    /// The action that `run` calls for; `nil` when it calls for none.
    ///
    /// `isFirstHand` is the caller's knowledge, see ``Run/isUnseen``.
    package init?(
        _ run: Run, of owned: OwnedJob, now: Timestamp, isFirstHand: Bool = false, settings: EngineSettings
    ) {
        known = KnownRun(run)
        self.isFirstHand = isFirstHand
        guard let action = run.unpublishedAction else { return nil }
        let message = ActionMessage(
            jobName: run.jobName, runID: run.id, action: action, attempt: run.attempt,
            scheduledTime: run.scheduledTime, payload: run.payload ?? owned.job.payload, decidedAt: now,
            workers: run.addressee ?? owned.job.workers)
        self.message = message
        let delivery = owned.job.delivery
        // What workers have had once is theirs at every attempt, wherever the job delivers now.
        let isForWorkers = run.workers != nil
        // What somebody has begun is theirs to end, wherever the job delivers now.
        let isBegun = action == .cancel && run.startTime != nil
        outlet =
            switch delivery {
            case _ where action == .cancel && run.isByHTTP: .requests
            case .http where !isBegun && !isForWorkers: .requests
            case .amqp where !isBegun && !isForWorkers: .messages
            case .worker, .pool, .http, .amqp: .workers
            }
        let slot = run.scheduledTime ?? run.createdTime
        let zone = owned.job.schedule.zone ?? .utc
        // Only a receiver that has answered 202 has anything to stop.
        request =
            (action == .run || run.accepted != nil) && !isForWorkers
            ? owned.job.request(of: run).map { delivery, call in
                RunRequest(message: message, slot: slot, zone: zone, delivery: delivery, call: call)
            } : nil
        outgoing =
            action == .run && !isForWorkers
            ? delivery.amqp.map { RunMessage(message, slot: slot, zone: zone, delivery: $0) } : nil
        lockEpoch = owned.managerID == nil ? nil : owned.lockEpoch
        startTimeout = owned.job.runStartTimeout
        cancelDeadline =
            action == .cancel
            ? RunLimits(run, job: owned.job, receivingSince: .earliest, settings: settings).cancelSilence : nil
    }
}

/// A run as it was at some time; a reference, as the action that it called for.
final class KnownRun: Sendable {
    let run: Run

    init(_ run: Run) {
        self.run = run
    }
}
