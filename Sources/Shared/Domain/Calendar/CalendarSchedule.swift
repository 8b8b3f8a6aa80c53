// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Slots that are whole steps on the calendar apart, at the local time of the first one: a pure function of step, zone and
/// anchor, the same in every process (contract, section 5).
///
/// The n-th slot is counted from the anchor, never from the slot before, so a day that one month lacks is back in the next:
///
/// | anchor | step | slots |
/// |---|---|---|
/// | 31 January | 1 month | 28 February (29 in a leap year), 31 March, 30 April, … |
/// | 29 February 2028 | 1 year | 28 February 2029, 2030 and 2031, 29 February 2032 |
/// | 02:30 in Berlin | 1 day | where the clock skips it 03:00, where it is shown twice the first one, else 02:30 |
///
/// Each local time has one slot, the first instant at which the clock shows it or a later one, as with a cron that gives its
/// hours. Several that one gap skips (a whole day) are one slot. Slots have the anchor's milliseconds, but for those at
/// the end of a gap, and lie before the year 10000.
package struct CalendarSchedule: Hashable, Sendable {
    /// From slot to slot.
    package let step: CalendarStep
    /// Whose clock shows the local time.
    package let zone: ZoneRules
    /// The first slot; `nil` = it is still to be said, and there is no other either.
    package internal(set) var anchor: Timestamp?

    package init(step: CalendarStep, zone: ZoneRules, anchor: Timestamp? = nil) {
        self.step = step
        self.zone = zone
        self.anchor = anchor
    }

    /// The first slot after an instant, never the instant itself; `nil` when there is none before the year 10000.
    package func next(after instant: Timestamp) -> Timestamp? {
        guard let row = CalendarRow(self) else { return nil }
        let number = row.number(notAfter: instant).map { $0 + 1 } ?? 0
        let slot = row.slot(number)
        return instant < .latest && slot <= .latest ? slot : nil
    }

    /// The last slot at or before an instant; `nil` when that is before the anchor.
    package func last(notAfter instant: Timestamp) -> Timestamp? {
        guard let row = CalendarRow(self), let number = row.number(notAfter: instant) else { return nil }
        return row.slot(number)
    }

    /// How many slots there are after one instant and up to another, itself included; exact, whatever the span.
    ///
    /// Costs one step per change of the clock with steps of a day or two, which a gap can merge, and nothing else.
    package func count(after start: Timestamp, through end: Timestamp) -> Int64 {
        guard start < end, let row = CalendarRow(self), let last = row.number(notAfter: end) else { return 0 }
        let first = row.number(notAfter: start) ?? -1
        return Int64(last - first - row.merged(after: start, through: end))
    }

    /// The last slot of the row that starts at `slot` which is not after `limit`, and how many slots the row has up to it.
    ///
    /// `slot` counts as the first of the row whether it is a step from the anchor or not; it must not be after `limit`.
    package func latest(from slot: Timestamp, notAfter limit: Timestamp) -> (slot: Timestamp, count: Int64) {
        guard let latest = last(notAfter: limit), latest > slot else { return (slot, 1) }
        return (latest, 1 + count(after: slot, through: limit))
    }
}

/// The arithmetic of a ``CalendarSchedule`` that has its anchor; slots are numbered from there, the anchor is 0.
///
/// A local time is a count of seconds on the clock on the wall since its 1970-01-01T00:00:00.
private struct CalendarRow {
    private static let secondsPerDay = 86_400
    /// No zone ever skips more; see ``ZoneLimits/offsets``.
    private static let longestGap = ZoneLimits.offsets.upperBound - ZoneLimits.offsets.lowerBound

    private let anchor: Timestamp
    private let zone: ZoneRules
    /// How long a step is, in months, or else in days.
    private let width: Int
    private let isMonthly: Bool
    /// What the clock shows at the anchor, and the part of a second beyond it, in milliseconds.
    private let local: Int
    private let fraction: Int64
    /// The anchor's day, and its month counted from the year 0.
    private let date: CalendarDate
    private let month: Int

    init?(_ schedule: CalendarSchedule) {
        guard let anchor = schedule.anchor else { return nil }
        self.anchor = anchor
        zone = schedule.zone
        let count = schedule.step.count
        (width, isMonthly) =
            switch schedule.step.unit {
            case .years: (12 * count, true)
            case .months: (count, true)
            case .weeks: (7 * count, false)
            case .days: (count, false)
            }
        let second = Self.second(of: anchor)
        local = second + zone.period(at: second).offset
        fraction = anchor.millisecondsSinceEpoch - Int64(second) * 1000
        date = CalendarDate(number: local.flooredQuotient(by: Self.secondsPerDay))
        month = Self.month(of: date)
    }

    /// The number of the last slot at or before an instant, of those that are one the greatest; `nil` before the anchor.
    func number(notAfter instant: Timestamp) -> Int? {
        guard instant >= anchor else { return nil }
        let second = Self.second(of: min(instant, .latest))
        var number = number(notAfter: zone.period(at: second).mark(at: second))
        // Within its second a slot may still lie ahead.
        while number > 0, slot(number) > instant { number -= 1 }
        return number
    }

    /// The slot of a number, which may lie beyond the year 9999.
    func slot(_ number: Int) -> Timestamp {
        guard number > 0 else { return anchor }
        let local = localTime(of: number)
        let second = zone.firstInstant(reaching: local)
        let isShown = second + zone.period(at: second).offset == local
        return Timestamp(millisecondsSinceEpoch: Int64(second) * 1000 + (isShown ? fraction : 0))
    }

    /// How many slots of that span are the same as the one before.
    func merged(after start: Timestamp, through end: Timestamp) -> Int {
        guard !isMonthly, width * Self.secondsPerDay <= Self.longestGap else { return 0 }
        let last = Self.second(of: min(end, .latest))
        var period = zone.period(at: Self.second(of: max(start, anchor)))
        var merged = 0
        while period.end <= last {
            period = zone.period(at: period.end)
            let before = number(notAfter: period.priorMark)
            merged += max(0, number(notAfter: period.start + period.offset) - before - 1)
        }
        return merged
    }

    /// The number of the last slot whose local time is not after another; 0 when none is.
    private func number(notAfter time: Int) -> Int {
        guard time > local else { return 0 }
        guard isMonthly else { return (time - local) / (width * Self.secondsPerDay) }
        let today = CalendarDate(number: time.flooredQuotient(by: Self.secondsPerDay))
        let number = (Self.month(of: today) - month) / width
        return number > 0 && localTime(of: number) > time ? number - 1 : number
    }

    private func localTime(of number: Int) -> Int {
        guard isMonthly else { return local + number * width * Self.secondsPerDay }
        let month = month + number * width
        var day = date
        day.year = month.flooredQuotient(by: 12)
        day.month = month - day.year * 12 + 1
        day.day = min(date.day, CalendarDate.length(ofMonth: day.month, year: day.year))
        return day.number * Self.secondsPerDay + local.flooredRemainder(by: Self.secondsPerDay)
    }

    private static func month(of date: CalendarDate) -> Int { date.year * 12 + date.month - 1 }

    private static func second(of instant: Timestamp) -> Int {
        Int(instant.millisecondsSinceEpoch).flooredQuotient(by: 1000)
    }
}
