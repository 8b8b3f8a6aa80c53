// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Moves one job from the slot that was decided to the next: the step that makes a decision stand.
package struct JobAdvance: Hashable, Sendable {
    /// The job.
    package let name: JobName
    /// The owner that decides.
    package let managerID: ManagerID
    /// The epoch of its lock.
    package let lockEpoch: Int64
    /// The slot that the decision started from; the job's `nextRunAt` as the owner knows it, `nil` = it had none.
    package let from: Timestamp?
    /// The first slot that is not decided yet; `nil` = none, the job is done.
    package let to: Timestamp?
    /// The decided slots that got no run; recorded by the same write.
    package let skips: [SlotSkip]

    /// Puts a step together.
    package init(
        name: JobName, managerID: ManagerID, lockEpoch: Int64, from: Timestamp?, to: Timestamp?, skips: [SlotSkip] = []
    ) {
        self.name = name
        self.managerID = managerID
        self.lockEpoch = lockEpoch
        self.from = from
        self.to = to
        self.skips = skips
    }
}
