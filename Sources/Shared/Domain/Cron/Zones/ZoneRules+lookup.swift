// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

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

    /// When the clock on the wall shows a local time.
    package func instants(of local: LocalTime) -> LocalInstants {
        let wanted = local.seconds
        var found: [Int] = []
        var period = period(at: wanted - ZoneLimits.offsets.upperBound)
        while true {
            let instant = wanted - period.offset
            if period.start <= instant, instant < period.end { found.append(instant) }
            guard period.end <= wanted - ZoneLimits.offsets.lowerBound else { break }
            period = self.period(at: period.end)
        }
        guard let first = found.first, let last = found.last else {
            return .skipped(Self.transition(into: self.period(at: firstInstant(reaching: wanted)), of: self))
        }
        return first == last ? .once(Self.instant(first)) : .twice(Self.instant(first), Self.instant(last))
    }

    /// The next change of the offset after an instant, never at it; `nil` when there is none before the year 10000.
    package func transition(after instant: Timestamp) -> ZoneTransition? {
        let end = period(at: Self.second(of: instant)).end
        guard end <= Self.second(of: .latest) else { return nil }
        return Self.transition(into: period(at: end), of: self)
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

    private static func transition(into period: ZonePeriod, of zone: ZoneRules) -> ZoneTransition {
        let before = period.start == .min ? period : zone.period(at: period.start - 1)
        return ZoneTransition(
            instant: instant(max(period.start, second(of: .earliest))), offsetBefore: .seconds(before.offset),
            offsetAfter: .seconds(period.offset))
    }

    private static func second(of instant: Timestamp) -> Int {
        let within = min(max(instant, .earliest), .latest)
        return Int(within.millisecondsSinceEpoch).flooredQuotient(by: 1000)
    }

    private static func instant(_ second: Int) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: Int64(second) * 1000)
    }
}
