// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The offsets of one zone through all time, as the system's zone database has them.
///
/// Read from the database's files and not from Foundation's `TimeZone`: that one carries its own copy of the data inside
/// ICU, which an update of the operating system does not reach, and ICU adds 40 MB to each program (docs/adr/0006-zones.md).
/// Immutable, so any thread may use it; from ``ZoneDatabase``, or ``utc``. Two are equal when their names and
/// offsets are.
package final class ZoneRules: Hashable, Sendable, CustomStringConvertible {
    /// The name it was asked for by, such as `Europe/Berlin`.
    package let name: String

    /// In order, without gaps; the first begins at `Int.min`, the last ends at `Int.max`.
    let periods: [ZonePeriod]
    /// The instant from which the offsets repeat every 400 years; `nil` when the last period is for ever.
    let cycleStart: Int?

    /// Coordinated Universal Time, which needs no file.
    package static let utc = ZoneRules(
        name: "UTC", periods: [ZonePeriod(start: .min, end: .max, offset: 0, priorMark: .min)], cycleStart: nil)

    /// `periods` go at least two years past the end of the cycle.
    init(name: String, periods: [ZonePeriod], cycleStart: Int?) {
        self.name = name
        self.periods = periods
        self.cycleStart = cycleStart
    }

    package var description: String { name }

    package static func == (left: ZoneRules, right: ZoneRules) -> Bool {
        left === right
            || (left.name == right.name && left.cycleStart == right.cycleStart && left.periods == right.periods)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(name)
    }
}

extension ZoneRules {
    /// Local time less UTC at an instant; whole seconds.
    package func offset(at instant: Timestamp) -> Duration {
        .seconds(period(at: Self.second(of: instant)).offset)
    }

    /// What the clock on the wall shows at an instant, its fraction of a second cut off.
    package func localTime(at instant: Timestamp) -> LocalTime {
        let second = Self.second(of: instant)
        return LocalTime(seconds: second + period(at: second).offset)
    }

    /// The period that an instant lies in.
    func period(at instant: Int) -> ZonePeriod {
        let shift = shift(of: instant)
        return periods[index(where: { $0.start <= instant - shift })].moved(by: shift)
    }

    /// The first instant at which the clock on the wall shows a local time or a later one.
    func firstInstant(reaching local: Int) -> Int {
        // Two days on, so that the table's own margin covers whatever the offset is.
        let shift = shift(of: local - 2 * 86_400)
        // The last period that begins before the clock has reached the time.
        let period = periods[index(where: { $0.priorMark < local - shift })]
        return max(period.start, local - shift - period.offset) + shift
    }

    /// Whole cycles of the calendar, in seconds, between the table and an instant past it.
    private func shift(of instant: Int) -> Int {
        guard let cycleStart, instant >= cycleStart + ZoneLimits.cycle else { return 0 }
        return (instant - cycleStart) / ZoneLimits.cycle * ZoneLimits.cycle
    }

    /// The last period for which `holds`, which holds for the first and, from some period on, no more.
    private func index(where holds: (ZonePeriod) -> Bool) -> Int {
        var (low, high) = (0, periods.count)
        while high - low > 1 {
            let middle = (low + high) / 2
            if holds(periods[middle]) { low = middle } else { high = middle }
        }
        return low
    }

    private static func second(of instant: Timestamp) -> Int {
        let within = min(max(instant, .earliest), .latest)
        return Int(within.millisecondsSinceEpoch).flooredQuotient(by: 1000)
    }
}

extension ZoneRules {
    /// The local time and its offset, as in RFC 3339: `2026-03-29T03:00:00+02:00`.
    ///
    /// Offsets of the time before zones had whole minutes get their seconds, too (`+00:53:28`), as in ISO 8601.
    package func localText(at instant: Timestamp) -> String {
        let seconds = Int(offset(at: instant).components.seconds)
        let size = abs(seconds)
        var parts = [size / 3_600, size / 60 % 60]
        if size % 60 != 0 { parts.append(size % 60) }
        let digits = parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return "\(localTime(at: instant))\(seconds < 0 ? "-" : "+")\(digits)"
    }
}

/// A stretch of time in which a zone has one offset; instants and local times are counted in seconds.
struct ZonePeriod: Hashable, Sendable {
    /// The first instant; `Int.min` when nothing was before.
    var start: Int
    /// The first instant of the next period; `Int.max` when none follows.
    var end: Int
    /// Local time less UTC.
    var offset: Int
    /// The latest local time that the clock has shown before `start`; `Int.min` when nothing was before.
    var priorMark: Int

    /// The latest local time that the clock has shown up to an instant of this period.
    ///
    /// It is behind the clock's present reading except after the clock was set back.
    func mark(at instant: Int) -> Int {
        max(instant + offset, priorMark)
    }

    /// The same period some cycles of the calendar later.
    func moved(by shift: Int) -> ZonePeriod {
        guard shift != 0 else { return self }
        return ZonePeriod(
            start: start == .min ? start : start + shift, end: end == .max ? end : end + shift, offset: offset,
            priorMark: priorMark == .min ? priorMark : priorMark + shift)
    }
}
