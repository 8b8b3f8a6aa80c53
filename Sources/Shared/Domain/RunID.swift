// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Identifies one run: one execution of a job.
package struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The identifier as it is stored (`_id`).
    package let value: Identifier

    /// Wraps an identifier.
    package init(_ value: Identifier) {
        self.value = value
    }

    /// 24 lower-case hexadecimal digits.
    package var description: String { value.hex }

    package static func < (left: RunID, right: RunID) -> Bool {
        left.value < right.value
    }
}
