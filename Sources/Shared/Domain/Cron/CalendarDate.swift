// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A day of the proleptic Gregorian calendar, and its number counted from 1970-01-01.
struct CalendarDate: Hashable, Sendable {
    /// Astronomical: the year before 1 is 0.
    var year: Int
    /// 1 to 12.
    var month: Int
    /// 1 to 31.
    var day: Int

    /// The calendar repeats, weekdays included, after so many days (400 years).
    static let cycleDays = 146_097

    init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The date of a day number; any within some millions of years.
    ///
    /// Counted in years that begin in March, so that the leap day is the last of its year: the months from March on then
    /// begin at day (153 * m + 2) / 5.
    init(number: Int) {
        let sinceMarch0 = number + 719_468
        let cycle = sinceMarch0.flooredQuotient(by: Self.cycleDays)
        let dayOfCycle = sinceMarch0 - cycle * Self.cycleDays
        let yearOfCycle = (dayOfCycle - dayOfCycle / 1_460 + dayOfCycle / 36_524 - dayOfCycle / 146_096) / 365
        let dayOfYear = dayOfCycle - (365 * yearOfCycle + yearOfCycle / 4 - yearOfCycle / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
        year = cycle * 400 + yearOfCycle + (month <= 2 ? 1 : 0)
    }

    /// Days since 1970-01-01.
    var number: Int {
        let marchYear = month <= 2 ? year - 1 : year
        let cycle = marchYear.flooredQuotient(by: 400)
        let yearOfCycle = marchYear - cycle * 400
        let monthFromMarch = month > 2 ? month - 3 : month + 9
        let dayOfYear = (153 * monthFromMarch + 2) / 5 + day - 1
        return cycle * Self.cycleDays + yearOfCycle * 365 + yearOfCycle / 4 - yearOfCycle / 100 + dayOfYear - 719_468
    }

    /// How many days the month has.
    static func length(ofMonth month: Int, year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// The day of the week of a day number; Sunday is 0.
    static func weekday(ofDay number: Int) -> Int {
        (number + 4).flooredRemainder(by: 7)
    }
}
