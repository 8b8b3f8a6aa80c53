// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Arithmetic on local time, which here is a count of seconds on the clock on the wall since its 1970-01-01T00:00:00.
///
/// Found by the next set bit of each field, never by walking: a date costs at most one step per month that matches,
/// and ``CronExpression/init(_:job:)`` refuses what does not match within 400 years.
extension CronExpression {
    private static let secondsPerDay = 86_400
    /// One year past the calendar's end, for the zones ahead of UTC, and one before its start.
    private static let years = 0...10_000

    /// The first matching local time at or after `local`; `nil` past the year 10000.
    func firstMatch(notBefore local: Int) -> Int? {
        let day = local.flooredQuotient(by: Self.secondsPerDay)
        guard let found = firstDay(notBefore: day) else { return nil }
        if found > day { return found * Self.secondsPerDay + earliestTime }
        if let time = firstTime(notBefore: local - day * Self.secondsPerDay) { return day * Self.secondsPerDay + time }
        return firstDay(notBefore: day + 1).map { $0 * Self.secondsPerDay + earliestTime }
    }

    /// The last matching local time at or before `local`; `nil` before the year 0.
    func lastMatch(notAfter local: Int) -> Int? {
        let day = local.flooredQuotient(by: Self.secondsPerDay)
        guard let found = lastDay(notAfter: day) else { return nil }
        if found < day { return found * Self.secondsPerDay + latestTime }
        if let time = lastTime(notAfter: local - day * Self.secondsPerDay) { return day * Self.secondsPerDay + time }
        return lastDay(notAfter: day - 1).map { $0 * Self.secondsPerDay + latestTime }
    }

    /// How many local times match from `first` to `last`, both included; 0 when `last` is before `first`.
    ///
    /// One step per matching month; both ends lie between the years 0 and 10000.
    func matchCount(from first: Int, through last: Int) -> Int {
        guard first <= last else { return 0 }
        let firstDay = first.flooredQuotient(by: Self.secondsPerDay)
        let lastDay = last.flooredQuotient(by: Self.secondsPerDay)
        // Each day in full, less what the first day has before `first` and the last one has after `last`.
        var count = dayCount(from: firstDay, through: lastDay) * timesPerDay
        if matches(day: firstDay) { count -= timeCount(before: first - firstDay * Self.secondsPerDay) }
        if matches(day: lastDay) {
            count -= timesPerDay - timeCount(before: last - lastDay * Self.secondsPerDay + 1)
        }
        return count
    }

    // MARK: Days

    /// The first matching day at or after a day number.
    func firstDay(notBefore number: Int) -> Int? {
        let date = CalendarDate(number: number)
        var (year, month) = (date.year, date.month)
        var kept = UInt32.max << date.day
        while Self.years.contains(year) {
            if months & (1 << month) != 0 {
                let (mask, first) = daysOfMonth(month, year)
                if mask & kept != 0 { return first + (mask & kept).trailingZeroBitCount - 1 }
            }
            kept = .max
            let later = months & (UInt64.max << (month + 1))
            if later == 0 { year += 1 }
            month = (later == 0 ? months : later).trailingZeroBitCount
        }
        return nil
    }

    /// The last matching day at or before a day number.
    private func lastDay(notAfter number: Int) -> Int? {
        let date = CalendarDate(number: number)
        var (year, month) = (date.year, date.month)
        var kept = ~(UInt32.max << (date.day + 1))
        while Self.years.contains(year) {
            if months & (1 << month) != 0 {
                let (mask, first) = daysOfMonth(month, year)
                if mask & kept != 0 { return first + (31 - (mask & kept).leadingZeroBitCount) - 1 }
            }
            kept = .max
            let earlier = months & ~(UInt64.max << month)
            if earlier == 0 { year -= 1 }
            month = 63 - (earlier == 0 ? months : earlier).leadingZeroBitCount
        }
        return nil
    }

    private func matches(day number: Int) -> Bool {
        let date = CalendarDate(number: number)
        return months & (1 << date.month) != 0 && daysOfMonth(date.month, date.year).mask & (1 << date.day) != 0
    }

    private func dayCount(from first: Int, through last: Int) -> Int {
        let (start, end) = (CalendarDate(number: first), CalendarDate(number: last))
        var (year, month, count) = (start.year, start.month, 0)
        while (year, month) <= (end.year, end.month) {
            if months & (1 << month) != 0 {
                var mask = daysOfMonth(month, year).mask
                if (year, month) == (start.year, start.month) { mask &= UInt32.max << start.day }
                if (year, month) == (end.year, end.month) { mask &= ~(UInt32.max << (end.day + 1)) }
                count += mask.nonzeroBitCount
            }
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
        }
        return count
    }

    private func daysOfMonth(_ month: Int, _ year: Int) -> (mask: UInt32, first: Int) {
        let first = CalendarDate(year: year, month: month, day: 1).number
        let kind = CronDays.kind(
            length: CalendarDate.length(ofMonth: month, year: year), firstWeekday: CalendarDate.weekday(ofDay: first))
        return (days[kind], first)
    }

    // MARK: Times of the day, in seconds since its midnight

    private var timesPerDay: Int { hours.nonzeroBitCount * timesPerHour }

    private var timesPerHour: Int { minutes.nonzeroBitCount * seconds.nonzeroBitCount }

    private var earliestTime: Int {
        Self.time(hours.trailingZeroBitCount, minutes.trailingZeroBitCount, seconds.trailingZeroBitCount)
    }

    private var latestTime: Int { Self.time(hours.highestBit, minutes.highestBit, seconds.highestBit) }

    private func firstTime(notBefore time: Int) -> Int? {
        let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60)
        if hours.contains(hour) {
            if minutes.contains(minute) {
                let rest = seconds.from(second)
                if rest != 0 { return Self.time(hour, minute, rest.trailingZeroBitCount) }
            }
            let rest = minutes.from(minute + 1)
            if rest != 0 { return Self.time(hour, rest.trailingZeroBitCount, seconds.trailingZeroBitCount) }
        }
        let rest = hours.from(hour + 1)
        guard rest != 0 else { return nil }
        return Self.time(rest.trailingZeroBitCount, minutes.trailingZeroBitCount, seconds.trailingZeroBitCount)
    }

    private func lastTime(notAfter time: Int) -> Int? {
        let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60)
        if hours.contains(hour) {
            if minutes.contains(minute) {
                let rest = seconds.below(second + 1)
                if rest != 0 { return Self.time(hour, minute, rest.highestBit) }
            }
            let rest = minutes.below(minute)
            if rest != 0 { return Self.time(hour, rest.highestBit, seconds.highestBit) }
        }
        let rest = hours.below(hour)
        return rest == 0 ? nil : Self.time(rest.highestBit, minutes.highestBit, seconds.highestBit)
    }

    /// How many times of the day match before `time`, which may be the day's end.
    private func timeCount(before time: Int) -> Int {
        let (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60)
        var count = hours.below(hour).nonzeroBitCount * timesPerHour
        if hours.contains(hour) {
            count += minutes.below(minute).nonzeroBitCount * seconds.nonzeroBitCount
            if minutes.contains(minute) { count += seconds.below(second).nonzeroBitCount }
        }
        return count
    }

    private static func time(_ hour: Int, _ minute: Int, _ second: Int) -> Int {
        hour * 3_600 + minute * 60 + second
    }
}

extension UInt64 {
    /// The place of the highest bit that is set; there must be one.
    fileprivate var highestBit: Int { 63 - leadingZeroBitCount }

    fileprivate func contains(_ bit: Int) -> Bool { self & (1 << bit) != 0 }

    /// The bits from `bit` up.
    fileprivate func from(_ bit: Int) -> UInt64 { self & (.max << bit) }

    /// The bits below `bit`.
    fileprivate func below(_ bit: Int) -> UInt64 { self & ~(.max << bit) }
}
