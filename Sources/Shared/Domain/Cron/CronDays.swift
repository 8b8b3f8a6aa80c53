// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Which days of a month match, as the two day fields of an expression say it.
struct CronDays: Hashable, Sendable {
    /// Bits 1...31: plain days of the month.
    var days: UInt32 = 0
    /// Bits 0...30: days before the last one (`L` is 0, `L-3` is 3).
    var fromLast: UInt32 = 0
    /// Bits 1...31: the weekday nearest to that day (`15W`); bit 0: the last weekday of the month (`LW`).
    var nearestWeekday: UInt32 = 0
    /// Bits 0...6: days of the week.
    var weekdays: UInt32 = 0
    /// Bits 7 * (n - 1) + weekday: the n-th such day of the month (`5#3`).
    var numberedWeekdays: UInt64 = 0
    /// Bits 0...6: the last such day of the month (`5L`).
    var lastWeekdays: UInt32 = 0
    /// Whether a day must match both fields; otherwise one of them is enough.
    var needsBoth = true

    /// The matching days of each of the 28 kinds of month, a bit for each day from bit 1.
    ///
    /// A month is known by its length and the day of the week of its first day: ``kind(length:firstWeekday:)``.
    func masks() -> [UInt32] {
        (28...31).flatMap { length in (0...6).map { mask(length: length, firstWeekday: $0) } }
    }

    /// The index of a kind of month in ``masks()``.
    static func kind(length: Int, firstWeekday: Int) -> Int {
        (length - 28) * 7 + firstWeekday
    }

    private func mask(length: Int, firstWeekday: Int) -> UInt32 {
        var byMonth: UInt32 = 0
        var byWeek: UInt32 = 0
        for day in 1...length {
            let weekday = (firstWeekday + day - 1) % 7
            let bit: UInt32 = 1 << day
            if days & bit != 0 || fromLast & (1 << (length - day)) != 0 { byMonth |= bit }
            if weekdays & (1 << weekday) != 0
                || numberedWeekdays & (1 << (7 * ((day - 1) / 7) + weekday)) != 0
                || (day + 7 > length && lastWeekdays & (1 << weekday) != 0)
            {
                byWeek |= bit
            }
            if nearestWeekday & bit != 0 {
                byMonth |= 1 << Self.nearestWeekday(to: day, weekday: weekday, length: length)
            }
        }
        if nearestWeekday & 1 != 0 {
            byMonth |= 1 << Self.nearestWeekday(to: length, weekday: (firstWeekday + length - 1) % 7, length: length)
        }
        return needsBoth ? byMonth & byWeek : byMonth | byWeek
    }

    /// Monday to Friday nearest to a day, without leaving its month.
    private static func nearestWeekday(to day: Int, weekday: Int, length: Int) -> Int {
        switch weekday {
        case 6: day > 1 ? day - 1 : day + 2
        case 0: day < length ? day + 1 : day - 2
        default: day
        }
    }
}
