// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A POSIX rule for the offsets of all years, as in the TZ variable and a TZif footer (RFC 9636, 3.3):
/// `CET-1CEST,M3.5.0,M10.5.0/3`.
struct ZoneRule: Equatable {
    /// When and to what the clock is set for a part of each year.
    struct Daylight: Equatable {
        /// Local time less UTC in that part; smaller than the standard one in a winter that is the exception.
        var offset: Int
        /// The change to it, by the clock that shows standard time.
        var start: ZoneRuleDate
        /// The change back, by the clock that shows daylight time.
        var end: ZoneRuleDate
    }

    /// Local time less UTC outside of ``daylight``.
    var offset: Int
    /// `nil` when the clock is never set.
    var daylight: Daylight?

    /// Reads a footer; an empty one says nothing and is `nil`.
    init?(footer: String) throws(MalformedZoneFile) {
        guard !footer.isEmpty else { return nil }
        var reader = ZoneRuleReader(footer)
        try reader.skipName()
        offset = -(try reader.time(hours: 24))
        if !reader.isAtEnd {
            try reader.skipName()
            let shift = reader.isAt(",") ? offset + 3_600 : -(try reader.time(hours: 24))
            try reader.skip(",")
            let start = try ZoneRuleDate(&reader)
            try reader.skip(",")
            let end = try ZoneRuleDate(&reader)
            guard reader.isAtEnd else { throw MalformedZoneFile("has a footer with something after its rule") }
            daylight = Daylight(offset: shift, start: start, end: end)
        }
        guard ZoneLimits.offsets.contains(offset), ZoneLimits.offsets.contains(daylight?.offset ?? 0) else {
            throw MalformedZoneFile("has an impossible offset in its footer")
        }
    }

    /// The changes of these years, in order, one at most per instant.
    func changes(years: ClosedRange<Int>) -> [ZoneFile.Change] {
        guard let daylight else { return [] }
        var all: [(instant: Int, isStart: Bool)] = []
        for year in years {
            all.append((daylight.start.seconds(in: year) - offset, true))
            all.append((daylight.end.seconds(in: year) - daylight.offset, false))
        }
        // Where daylight time ends as that of the next year starts, it goes on: the start is the last word (RFC 9636, 3.3.1).
        all.sort { ($0.instant, $0.isStart ? 1 : 0) < ($1.instant, $1.isStart ? 1 : 0) }
        var changes: [ZoneFile.Change] = []
        for (instant, isStart) in all {
            if changes.last?.instant == instant { changes.removeLast() }
            changes.append(ZoneFile.Change(instant: instant, offset: isStart ? daylight.offset : offset))
        }
        return changes
    }
}

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

/// Takes the tokens of a POSIX rule off the front of its text.
struct ZoneRuleReader {
    private var rest: Substring.UTF8View

    init(_ text: String) {
        rest = Substring(text).utf8
    }

    var isAtEnd: Bool { rest.isEmpty }

    func isAt(_ mark: Unicode.Scalar) -> Bool {
        rest.first == UInt8(ascii: mark)
    }

    mutating func skip(_ mark: Unicode.Scalar) throws(MalformedZoneFile) {
        guard isAt(mark) else { throw Self.fault }
        rest.removeFirst()
    }

    /// Three letters or more, or anything in angle brackets.
    mutating func skipName() throws(MalformedZoneFile) {
        if isAt("<") {
            guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { throw Self.fault }
            rest = rest[rest.index(after: end)...]
            return
        }
        let name = rest.prefix { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0 & 0xdf) }
        guard name.count >= 3 else { throw Self.fault }
        rest = rest[name.endIndex...]
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time(hours: Int) throws(MalformedZoneFile) -> Int {
        let isNegative = isAt("-")
        if isNegative || isAt("+") { rest.removeFirst() }
        var seconds = try number(within: 0...hours) * 3_600
        for unit in [60, 1] where isAt(":") {
            rest.removeFirst()
            seconds += try number(within: 0...59) * unit
        }
        return isNegative ? -seconds : seconds
    }

    mutating func number(within range: ClosedRange<Int>) throws(MalformedZoneFile) -> Int {
        let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        guard (1...4).contains(digits.count), let value = Int(Substring(digits)), range.contains(value) else {
            throw Self.fault
        }
        rest = rest[digits.endIndex...]
        return value
    }

    private static let fault = MalformedZoneFile("has a footer that is no rule")
}
