// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One guarded change of a job's definition.
package struct JobEdit: Sendable {
    /// The job as it was read, with its fields: the guard.
    ///
    /// The edit is stored only while the edition is the same and the fields in ``guarded`` still have these values.
    package let before: JobRecord
    /// The definition as it is to be.
    package let after: Job
    /// The names of the fields that are written; all others are left as they are then.
    package let changed: Set<String>
    /// Slots that had been reached and that the edit takes away; recorded by the same write.
    package let skips: [SlotSkip]
    /// The first slot of the job as it was that ``skips`` does not know of; `nil` = none, or the edit takes none away.
    ///
    /// The edit is stored only while the server's clock is before it.
    package let until: Timestamp?
    /// The names of the fields that must still have the values that were read, whether they are written or not.
    package let guarded: Set<String>

    /// What says when the slots are.
    private static let rule: Set<String> = [
        "nextRunAt", "interval", "cron", "every", "timeZone", "anchor", "startAt", "endAt",
    ]

    package init(
        before: JobRecord, after: Job, changed: Set<String>, skips: [SlotSkip] = [], until: Timestamp? = nil
    ) {
        self.before = before
        self.after = after
        self.changed = changed
        self.skips = skips
        self.until = until
        guarded = changed.isDisjoint(with: Self.rule) ? changed : changed.union(Self.rule)
    }
}
