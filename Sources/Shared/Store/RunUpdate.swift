// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One guarded change of one run: from exactly this state to that one.
package struct RunUpdate: Hashable, Sendable {
    /// The run as it was read.
    ///
    /// The update is guarded by its id, status, attempt and revision; where an action is to be published afterwards,
    /// also by that nobody has noted its confirm meanwhile.
    package let before: Run
    /// The run as it is to be.
    ///
    /// Only the fields that differ are written; the store raises the revision by one.
    package let after: Run

    /// Both sides have the same id.
    package init(before: Run, after: Run) {
        self.before = before
        self.after = after
    }

    /// The run as it stands once the update is stored.
    package var stored: Run {
        var run = after
        run.revision = before.revision + 1
        return run
    }

    /// Whether the update leads to a publish, now or later, and must not happen once the action of before has been confirmed:
    /// the mark of the confirm does not raise the revision, and would be taken for that of the action to come.
    package var mustBeUnpublished: Bool {
        before.publishedAt == nil && (after.unpublishedAction != nil || after.attempt != before.attempt)
    }
}

/// What became of one guarded update of a run.
package enum RunUpdateOutcome: Hashable, Sendable {
    /// Stored.
    case applied
    /// The run is no longer as it was read, or gone; nothing was written. Read again and decide again.
    case conflict
    /// It can never be stored like that; the reason is safe to log.
    case rejected(String)
}
