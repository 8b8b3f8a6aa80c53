// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a message from a worker cannot be processed; goes to the dead-letter queue with it.
package struct MalformedMessage: Error, Hashable, Sendable, CustomStringConvertible {
    /// One line, without any text of the message beyond short, escaped values.
    package let reason: String

    /// Wraps a reason.
    package init(_ reason: String) {
        self.reason = reason
    }

    package var description: String { reason }
}
