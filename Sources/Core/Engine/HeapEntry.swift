// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// A job's place in the row of what is due next; void once its ticket is not the job's any more.
package struct HeapEntry: Comparable, Sendable {
    /// When the job is due.
    package let dueAt: Timestamp
    /// The job.
    package let name: JobName
    /// Which arming of the job it stands for.
    package let ticket: UInt64

    package static func < (left: HeapEntry, right: HeapEntry) -> Bool {
        (left.dueAt, left.ticket) < (right.dueAt, right.ticket)
    }
}
