// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The internal field that says which `nextRunAt` a job's `anchor` was written with.
///
/// Both are written together, always. Where `nextRunAt` is another, somebody has set it in the database: then it is the
/// anchor, as after every edit, and what stands in `anchor` counts no more.
enum AnchoredSlot {
    static let field = "anchoredSlot"

    /// With a step from one slot to the next; that of a job that is done is the last, so that no other is taken for it.
    static func add(_ step: JobAdvance, to set: inout BSONFields) {
        guard let anchor = step.anchor else { return }
        set.append(JobField.anchor.rawValue, .date(anchor))
        set.append(field, ifPresent: (step.to ?? step.from).map { .date($0) })
    }

    /// In the document of a new job.
    static func add(_ job: Job, to document: inout BSONFields) {
        if job.anchor != nil { document.append(field, ifPresent: job.nextRunAt.map { .date($0) }) }
    }

    /// With an edit that writes the slot or the anchor; `unset` gets the field where there is none any more.
    static func add(_ edit: JobEdit, to set: inout BSONFields, _ unset: inout BSONFields) {
        guard !edit.changed.isDisjoint(with: [JobField.nextRunAt.rawValue, JobField.anchor.rawValue]) else { return }
        if edit.after.anchor != nil, let slot = edit.after.nextRunAt {
            set.append(field, .date(slot))
        } else if edit.changed.contains(JobField.anchor.rawValue) {
            unset.append(field, 1)
        }
    }
}
