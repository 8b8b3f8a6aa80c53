// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A moment of each year in a POSIX rule: a day in one of three forms, and a time of it.
struct ZoneRuleDate: Equatable {
    /// The forms of the day.
    enum Day: Equatable {
        /// `Jn`: 1 to 365, February 29 is never counted.
        case withoutLeapDay(Int)
        /// `n`: 0 to 365, February 29 is counted.
        case ofYear(Int)
        /// `Mm.w.d`: the w-th such day of the week of a month; 5 is the last.
        case weekday(month: Int, week: Int, weekday: Int)
    }

    /// The day.
    var day: Day
    /// Seconds since the day's midnight, 02:00 when the text gives none; up to a week before or after it.
    var time: Int

    init(_ reader: inout ZoneRuleReader) throws(MalformedZoneFile) {
        if reader.isAt("M") {
            try reader.skip("M")
            let month = try reader.number(within: 1...12)
            try reader.skip(".")
            let week = try reader.number(within: 1...5)
            try reader.skip(".")
            day = .weekday(month: month, week: week, weekday: try reader.number(within: 0...6))
        } else if reader.isAt("J") {
            try reader.skip("J")
            day = .withoutLeapDay(try reader.number(within: 1...365))
        } else {
            day = .ofYear(try reader.number(within: 0...365))
        }
        time = 2 * 3_600
        if reader.isAt("/") {
            try reader.skip("/")
            time = try reader.time(hours: 167)
        }
    }

    /// The moment in a year, in seconds of local time since 1970-01-01T00:00:00.
    func seconds(in year: Int) -> Int {
        dayNumber(in: year) * 86_400 + time
    }

    private func dayNumber(in year: Int) -> Int {
        let newYear = CalendarDate(year: year, month: 1, day: 1).number
        switch day {
        case .ofYear(let number): return newYear + number
        case .withoutLeapDay(let number):
            return newYear + number - 1 + (number >= 60 && CalendarDate.isLeap(year) ? 1 : 0)
        case .weekday(let month, let week, let weekday):
            let first = CalendarDate(year: year, month: month, day: 1).number
            let wait = (weekday - CalendarDate.weekday(ofDay: first)).flooredRemainder(by: 7)
            let length = CalendarDate.length(ofMonth: month, year: year)
            let day = wait + 7 * (week - 1)
            return first + (day < length ? day : day - 7)
        }
    }
}
