// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// An action that was decided and stored and waits for the broker's confirm.
package struct PendingAction: Hashable, Sendable {
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
    /// The run's deadline for the time after the confirm, when it does not depend on when that comes.
    package let fixedDeadline: Timestamp?

    /// What names it.
    package var key: Key { Key(runID: message.runID, action: message.action, attempt: message.attempt) }

    /// The action that `run` calls for; `nil` when it calls for none.
    package init?(_ run: Run, of owned: OwnedJob, now: Timestamp, silence: Duration) {
        guard let action = run.unpublishedAction else { return nil }
        message = ActionMessage(
            jobName: run.jobName, runID: run.id, action: action, attempt: run.attempt,
            scheduledTime: run.scheduledTime, payload: run.payload ?? owned.job.payload, decidedAt: now)
        lockEpoch = owned.managerID == nil ? nil : owned.lockEpoch
        fixedDeadline = action == .cancel ? RunDeadline.cancelSilence(run, of: owned.job, silence: silence) : nil
    }
}
