// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What became of a request to delete a job.
package enum JobDeletion: Hashable, Sendable {
    /// It is gone; a note for those who follow its runs to their end was stored before.
    case deleted
    /// There is none of that name.
    case missing
    /// It is no longer as it was read; nothing was changed.
    case conflict
}
