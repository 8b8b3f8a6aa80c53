// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The slots of a cron expression in a zone: a pure function of the two, the same in every process.
///
/// What happens when the clocks are changed (contract, section 5):
///
/// | | the clock skips the time | the clock shows it twice |
/// |---|---|---|
/// | hours are given (`30 2 * * *`) | one slot, at the first instant after the gap | one slot, the first time |
/// | hours are `*`, `*/n` or `H/n` | no slot | a slot each time |
///
/// Several times that one gap skips become one slot, which is also the slot of the time that follows the gap. Slots are
/// whole seconds between ``Timestamp/earliest`` and ``Timestamp/latest``.
package struct CronSchedule: Hashable, Sendable {
    /// What is due on the clock on the wall.
    package let expression: CronExpression
    /// Whose clock that is.
    package let zone: ZoneRules

    package init(expression: CronExpression, zone: ZoneRules) {
        self.expression = expression
        self.zone = zone
    }

    /// The first slot after an instant, never the instant itself; `nil` when there is none before the year 10000.
    package func next(after instant: Timestamp) -> Timestamp? {
        let second = max(Self.second(of: instant), Self.seconds.lowerBound - 1)
        guard second < Self.seconds.upperBound else { return nil }
        return Self.slot(expression.hasWildcardHour ? nextSpaced(after: second) : nextFixed(after: second))
    }

    /// The last slot at or before an instant; `nil` when there is none since the year 2.
    package func last(notAfter instant: Timestamp) -> Timestamp? {
        let second = min(Self.second(of: instant), Self.seconds.upperBound)
        guard second >= Self.seconds.lowerBound else { return nil }
        return Self.slot(expression.hasWildcardHour ? lastSpaced(notAfter: second) : lastFixed(notAfter: second))
    }

    /// How many slots there are after one instant and up to another, itself included; exact, whatever the span.
    ///
    /// Costs one step per month of the span and per change of the clock, some 50 µs for a century.
    package func count(after start: Timestamp, through end: Timestamp) -> Int64 {
        let first = max(Self.second(of: start), Self.seconds.lowerBound - 1)
        let last = min(Self.second(of: end), Self.seconds.upperBound)
        guard first < last else { return 0 }
        return Int64(
            expression.hasWildcardHour
                ? countSpaced(after: first, through: last) : countFixed(after: first, through: last))
    }

    /// The last slot of the row that starts at `slot` which is not after `limit`, and how many slots the row has up to it.
    ///
    /// `slot` counts as the first of the row whether the expression matches it or not; it must not be after `limit`.
    package func latest(from slot: Timestamp, notAfter limit: Timestamp) -> (slot: Timestamp, count: Int64) {
        guard let latest = last(notAfter: limit), latest > slot else { return (slot, 1) }
        return (latest, 1 + count(after: slot, through: limit))
    }

    /// The seconds that a slot may lie in.
    private static let seconds =
        Int(Timestamp.earliest.millisecondsSinceEpoch / 1000)...Int(Timestamp.latest.millisecondsSinceEpoch / 1000)

    private static func second(of instant: Timestamp) -> Int {
        Int(instant.millisecondsSinceEpoch).flooredQuotient(by: 1000)
    }

    private static func slot(_ second: Int?) -> Timestamp? {
        guard let second, seconds.contains(second) else { return nil }
        return Timestamp(millisecondsSinceEpoch: Int64(second) * 1000)
    }
}
