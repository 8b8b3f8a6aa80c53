// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// When something is due on the clock on the wall: a set of local times, to the second.
///
/// A pure value; which instants those are in a zone is ``CronSchedule``'s matter. Made from text by
/// ``init(_:job:)``, the syntax is in docs/schedules.md. Two expressions are equal when their text is and `H` means the
/// same in both.
package struct CronExpression: Hashable, Sendable, CustomStringConvertible {
    /// The text it was made from, unchanged.
    package let text: String
    /// Whether the hours are `*`, `*/n` or `H/n`: such a schedule keeps its real spacing when the clock is changed.
    package let hasWildcardHour: Bool

    /// Bits 0...59; never empty, like the two that follow.
    let seconds: UInt64
    /// Bits 0...59.
    let minutes: UInt64
    /// Bits 0...23.
    let hours: UInt64
    /// Bits 1...12.
    let months: UInt64
    /// The matching days, bits 1...31, of each kind of month: see ``CronDays/masks()``.
    let days: [UInt32]

    package var description: String { text }

    init(
        text: String, hasWildcardHour: Bool, seconds: UInt64, minutes: UInt64, hours: UInt64, months: UInt64,
        days: CronDays
    ) {
        self.text = text
        self.hasWildcardHour = hasWildcardHour
        self.seconds = seconds
        self.minutes = minutes
        self.hours = hours
        self.months = months
        self.days = days.masks()
    }
}
