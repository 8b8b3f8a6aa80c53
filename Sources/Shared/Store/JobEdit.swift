// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One guarded change of a job's definition.
package struct JobEdit: Sendable {
    /// The job as it was read, with its fields: the guard.
    ///
    /// The edit is stored only while the edition is the same and the fields that it writes still have these values.
    package let before: JobRecord
    /// The definition as it is to be.
    package let after: Job
    /// The names of the fields that are written; all others are left as they are then.
    package let changed: Set<String>

    /// Puts an edit together.
    package init(before: JobRecord, after: Job, changed: Set<String>) {
        self.before = before
        self.after = after
        self.changed = changed
    }
}
