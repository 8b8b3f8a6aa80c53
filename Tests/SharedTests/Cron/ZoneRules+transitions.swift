// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

@testable import Shared

/// The instants at which the clock of a zone shows a given local time.
enum LocalInstants: Hashable, Sendable {
    /// None: the clock skips it at this transition.
    case skipped(ZoneTransition)
    /// One, as for almost every local time.
    case once(Timestamp)
    /// Two, because the clock was set back; were there more, these are the first and the last.
    case twice(Timestamp, Timestamp)
}

/// A change of a zone's offset: the clock on the wall is set.
struct ZoneTransition: Hashable, Sendable {
    /// The first instant with the new offset.
    let instant: Timestamp
    /// Local time less UTC until then.
    let offsetBefore: Duration
    /// Local time less UTC from then on.
    let offsetAfter: Duration

    /// Whether local times are skipped (the clock goes forward) rather than shown twice.
    var isGap: Bool { offsetAfter > offsetBefore }
}

extension ZoneRules {
    /// When the clock on the wall shows a local time.
    func instants(of local: LocalTime) -> LocalInstants {
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
    func transition(after instant: Timestamp) -> ZoneTransition? {
        let end = period(at: Self.second(of: instant)).end
        guard end <= Self.second(of: .latest) else { return nil }
        return Self.transition(into: period(at: end), of: self)
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
