// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What a clock on the wall shows, to the second.
package struct LocalTime: Hashable, Sendable, CustomStringConvertible {
    /// The year; 1 to 10000 for what ``ZoneRules`` gives out.
    package let year: Int
    /// 1 to 12.
    package let month: Int
    /// 1 to 31.
    package let day: Int
    /// 0 to 23.
    package let hour: Int
    /// 0 to 59.
    package let minute: Int
    /// 0 to 59.
    package let second: Int

    /// Takes the parts of a date that exists and of a time; `nil` for anything else, and outside the years 1 to 9999.
    package init?(year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0) {
        guard (1...9999).contains(year), (1...12).contains(month),
            (1...CalendarDate.length(ofMonth: month, year: year)).contains(day), (0...23).contains(hour),
            (0...59).contains(minute), (0...59).contains(second)
        else { return nil }
        (self.year, self.month, self.day) = (year, month, day)
        (self.hour, self.minute, self.second) = (hour, minute, second)
    }

    /// From seconds since 1970-01-01T00:00:00 of the same clock.
    init(seconds: Int) {
        let number = seconds.flooredQuotient(by: 86_400)
        let date = CalendarDate(number: number)
        let time = seconds - number * 86_400
        (year, month, day) = (date.year, date.month, date.day)
        (hour, minute, second) = (time / 3_600, time / 60 % 60, time % 60)
    }

    /// Seconds since 1970-01-01T00:00:00 of the same clock.
    var seconds: Int {
        CalendarDate(year: year, month: month, day: day).number * 86_400 + hour * 3_600 + minute * 60 + second
    }

    /// The day of the week; Sunday is 0.
    package var weekday: Int {
        CalendarDate.weekday(ofDay: CalendarDate(year: year, month: month, day: day).number)
    }

    /// As in RFC 3339, without an offset: `2026-03-29T03:00:00`.
    package var description: String {
        "\(Self.padded(year, 4))-\(Self.padded(month, 2))-\(Self.padded(day, 2))T"
            + "\(Self.padded(hour, 2)):\(Self.padded(minute, 2)):\(Self.padded(second, 2))"
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
