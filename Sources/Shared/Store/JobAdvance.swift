// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Moves one job from the slot that was decided to the next: the step that makes a decision stand.
package struct JobAdvance: Hashable, Sendable {
    /// The edition that the step leaves behind.
    package var editionAfter: Int64? { accountsForEdit ? (edition ?? 0) + 1 : edition }

    /// The job.
    package let name: JobName
    /// The owner that decides.
    package let managerID: ManagerID
    /// The epoch of its lock.
    package let lockEpoch: Int64
    /// The edition of the definition that was decided by; `nil` = it is no number, and guards nothing.
    package let edition: Int64?
    /// Whether the step accounts for an edit made in the database: then it raises the edition.
    package let accountsForEdit: Bool
    /// The slot that the decision started from; the job's `nextRunAt` as the owner knows it, `nil` = it had none.
    package let from: Timestamp?
    /// The first slot that is not decided yet; `nil` = none, the job is done.
    package let to: Timestamp?
    /// What the job's slots are counted from (``Job/anchor``); written with the step, so that it outlives it.
    package let anchor: Timestamp?
    /// The job as it was decided, given where the step leaves it without a slot: then it must still have this schedule and this
    /// end, or an edit made in the database would find itself without a slot, too.
    package let endOf: Job?
    /// The decided slots that got no run; recorded by the same write.
    package let skips: [SlotSkip]

    package init(
        name: JobName, managerID: ManagerID, lockEpoch: Int64, edition: Int64? = 0, accountsForEdit: Bool = false,
        from: Timestamp?, to: Timestamp?, anchor: Timestamp? = nil, endOf: Job? = nil, skips: [SlotSkip] = []
    ) {
        self.name = name
        self.managerID = managerID
        self.lockEpoch = lockEpoch
        self.edition = edition
        self.accountsForEdit = accountsForEdit
        self.from = from
        self.to = to
        self.anchor = anchor
        self.endOf = to == nil ? endOf : nil
        self.skips = skips
    }
}
