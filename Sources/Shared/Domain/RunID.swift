// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Identifies one run: one execution of a job.
package struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The identifier as it is stored (`_id`).
    package let objectID: ObjectID

    /// Wraps an identifier.
    package init(_ objectID: ObjectID) {
        self.objectID = objectID
    }

    /// 24 lower-case hexadecimal digits.
    package var description: String { objectID.hex }

    package static func < (left: RunID, right: RunID) -> Bool {
        left.objectID < right.objectID
    }
}
