// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A POSIX rule for the offsets of all years, as in the TZ variable and a TZif footer (RFC 9636, 3.3): `CET-1CEST,M3.5.0,M10.5.0/3`.
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
