// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why there are no rules for the name of a zone; safe to show.
package struct InvalidZone: Error, Equatable, CustomStringConvertible {
    /// What is wrong, to follow the words "time zone"; quotes the name only when it is well-formed.
    package let reason: String

    package var description: String { reason }
}
