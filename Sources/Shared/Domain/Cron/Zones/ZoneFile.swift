// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The content of a TZif file (RFC 9636, versions 1 to 4), checked against its own counts.
///
/// Of versions 2 and later the second block, which has 64-bit times, and the footer are read; abbreviations and the
/// standard/wall and UT/local marks are skipped, because nothing here needs them.
struct ZoneFile: Equatable {
    /// A change of offset.
    struct Change: Equatable {
        /// Seconds since 1970-01-01T00:00:00Z, strictly ascending from change to change.
        var instant: Int
        /// Local time less UTC from then on.
        var offset: Int
    }

    /// Local time less UTC before the first change.
    let firstOffset: Int
    /// In order.
    let changes: [Change]
    /// What holds after the last change; `nil` when the file does not say it.
    let rule: ZoneRule?

    /// Reads and checks a whole file; bytes after the footer are ignored.
    init(_ bytes: [UInt8]) throws(MalformedZoneFile) {
        var reader = ZoneBytes(bytes)
        let header = try Header(&reader)
        if header.version == 1 {
            (firstOffset, changes) = try Self.block(header, timeWidth: 4, &reader)
            rule = nil
            return
        }
        _ = try reader.take(header.size(timeWidth: 4))
        let second = try Header(&reader)
        (firstOffset, changes) = try Self.block(second, timeWidth: 8, &reader)
        rule = try ZoneRule(footer: try reader.footer())
    }

    private struct Header {
        let version: Int
        let utMarks: Int
        let standardMarks: Int
        let leaps: Int
        let times: Int
        let types: Int
        let characters: Int

        init(_ reader: inout ZoneBytes) throws(MalformedZoneFile) {
            guard try reader.take(4).elementsEqual("TZif".utf8) else { throw MalformedZoneFile("is not TZif") }
            switch try reader.take(1).first {
            case 0: version = 1
            case UInt8(ascii: "2"), UInt8(ascii: "3"), UInt8(ascii: "4"): version = 2
            default: throw MalformedZoneFile("has an unknown version")
            }
            _ = try reader.take(15)
            utMarks = try reader.integer(width: 4)
            standardMarks = try reader.integer(width: 4)
            leaps = try reader.integer(width: 4)
            times = try reader.integer(width: 4)
            types = try reader.integer(width: 4)
            characters = try reader.integer(width: 4)
            let counts = [utMarks, standardMarks, leaps, times, types, characters]
            guard counts.allSatisfy({ (0...ZoneLimits.fileSize).contains($0) }) else {
                throw MalformedZoneFile("has an impossible count")
            }
        }

        func size(timeWidth: Int) -> Int {
            times * (timeWidth + 1) + types * 6 + characters + leaps * (timeWidth + 4) + standardMarks + utMarks
        }
    }

    private static func block(
        _ header: Header, timeWidth: Int, _ reader: inout ZoneBytes
    ) throws(MalformedZoneFile) -> (Int, [Change]) {
        guard (1...256).contains(header.types) else { throw MalformedZoneFile("has no types or too many") }
        // With them, its times are not those of UTC ("right/").
        guard header.leaps == 0 else { throw MalformedZoneFile("counts leap seconds") }
        var instants: [Int] = []
        for _ in 0..<header.times {
            let instant = try reader.integer(width: timeWidth)
            if let last = instants.last, last >= instant { throw MalformedZoneFile("has times out of order") }
            instants.append(instant)
        }
        let indices = try reader.take(header.times)
        var offsets: [Int] = []
        for _ in 0..<header.types {
            let offset = try reader.integer(width: 4)
            guard ZoneLimits.offsets.contains(offset) else { throw MalformedZoneFile("has an impossible offset") }
            _ = try reader.take(2)
            offsets.append(offset)
        }
        _ = try reader.take(header.characters + header.standardMarks + header.utMarks)
        guard let first = offsets.first, indices.allSatisfy({ Int($0) < offsets.count }) else {
            throw MalformedZoneFile("names a type that it does not have")
        }
        return (first, zip(instants, indices).map { Change(instant: $0, offset: offsets[Int($1)]) })
    }
}

extension ZoneRules {
    /// The rules in the bytes of a TZif file, for any text as a name.
    convenience init(name: String, file bytes: [UInt8]) throws(MalformedZoneFile) {
        let file = try ZoneFile(bytes)
        var offset = file.changes.isEmpty ? file.rule?.offset ?? file.firstOffset : file.firstOffset
        var changes = file.changes
        var cycleStart: Int?
        // The rule is for the time after the last change, which may be past the calendar's end.
        changes = Array(changes.prefix { $0.instant <= ZoneLimits.transitions.upperBound })
        if changes.count == file.changes.count, let rule = file.rule, rule.daylight != nil {
            let last = max(changes.last?.instant ?? .min, ZoneLimits.transitions.lowerBound)
            let year = CalendarDate(number: last.flooredQuotient(by: 86_400)).year
            changes += rule.changes(years: year - 1...year + 405).filter { $0.instant > last }
            // The rule's own years only, and time for each change to have passed.
            cycleStart = CalendarDate(year: year + 2, month: 1, day: 1).number * 86_400
        }
        if let first = changes.firstIndex(where: { $0.instant >= ZoneLimits.transitions.lowerBound }) {
            if first > 0 { offset = changes[first - 1].offset }
            changes.removeFirst(first)
        } else if let last = changes.last {
            offset = last.offset
            changes = []
        }
        self.init(name: name, periods: Self.periods(from: offset, changes), cycleStart: cycleStart)
    }

    private static func periods(from offset: Int, _ changes: [ZoneFile.Change]) -> [ZonePeriod] {
        var periods = [ZonePeriod(start: .min, end: .max, offset: offset, priorMark: .min)]
        // A change of the name alone sets no clock.
        for change in changes {
            let last = periods[periods.count - 1]
            guard change.offset != last.offset else { continue }
            periods[periods.count - 1].end = change.instant
            periods.append(
                ZonePeriod(
                    start: change.instant, end: .max, offset: change.offset,
                    priorMark: max(last.priorMark, change.instant - 1 + last.offset)))
        }
        return periods
    }
}

/// Takes bytes off the front of a zone's file, never past its end.
struct ZoneBytes {
    private var rest: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) {
        rest = bytes[...]
    }

    mutating func take(_ count: Int) throws(MalformedZoneFile) -> ArraySlice<UInt8> {
        guard count >= 0, count <= rest.count else { throw MalformedZoneFile("is cut short") }
        defer { rest = rest.dropFirst(count) }
        return rest.prefix(count)
    }

    /// A two's complement integer of 4 or 8 bytes, the highest first.
    mutating func integer(width: Int) throws(MalformedZoneFile) -> Int {
        let bits = try take(width).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return width == 4 ? Int(Int32(truncatingIfNeeded: bits)) : Int(Int64(bitPattern: bits))
    }

    /// The text between two line feeds.
    mutating func footer() throws(MalformedZoneFile) -> String {
        guard try take(1).first == UInt8(ascii: "\n"), let end = rest.firstIndex(of: UInt8(ascii: "\n")) else {
            throw MalformedZoneFile("has no footer")
        }
        let text = rest[..<end]
        guard text.count <= 256, text.allSatisfy({ (0x21..<0x7f).contains($0) }) else {
            throw MalformedZoneFile("has a footer that is not ASCII")
        }
        return String(decoding: text, as: UTF8.self)
    }
}

/// The rule of RFC 9636 that the bytes of a zone's file break.
struct MalformedZoneFile: Error, Equatable {
    /// The rule, to follow "the file".
    let reason: String

    init(_ reason: String) {
        self.reason = reason
    }
}

/// What is believed of a zone's file, in seconds.
enum ZoneLimits {
    /// Offsets that RFC 9636 (3.2) calls reasonable: between -25 and 26 hours.
    static let offsets = -89_999...93_599
    /// The calendar repeats after so long (400 years).
    static let cycle = CalendarDate.cycleDays * 86_400
    /// Transitions outside are of no use to anybody: from a little before the year 1 to a little after 9999.
    static let transitions =
        CalendarDate(year: 0, month: 1, day: 1).number * 86_400...CalendarDate(year: 10_001, month: 1, day: 1).number
        * 86_400
    /// The largest file; the largest one of the database has some 4 KB.
    static let fileSize = 128 * 1024
}
