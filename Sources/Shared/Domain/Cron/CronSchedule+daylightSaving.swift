// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Schedules with given hours: each matching local time has one slot, the first instant at which the clock shows that
/// time or a later one.
///
/// That instant never turns back when the local time goes on, so "after an instant" is the same as "after the latest time
/// that the clock has shown up to it", its mark. A repeated time lies below the mark, and all the times of a gap share
/// the instant at its end: both rules of the contract in one comparison.
extension CronSchedule {
    func nextFixed(after second: Int) -> Int? {
        let period = zone.period(at: second)
        guard let local = expression.firstMatch(notBefore: period.mark(at: second) + 1) else { return nil }
        let instant = local - period.offset
        return instant < period.end ? instant : zone.firstInstant(reaching: local)
    }

    func lastFixed(notAfter second: Int) -> Int? {
        let period = zone.period(at: second)
        guard let local = expression.lastMatch(notAfter: period.mark(at: second)) else { return nil }
        let instant = local - period.offset
        return instant >= period.start && local > period.priorMark ? instant : zone.firstInstant(reaching: local)
    }

    func countFixed(after first: Int, through last: Int) -> Int {
        var period = zone.period(at: first)
        let begin = period.mark(at: first) + 1
        var merged = 0
        while period.end <= last {
            period = zone.period(at: period.end)
            // Those that the gap skips, and the time right after it, are one slot.
            let atOnce = expression.matchCount(from: period.priorMark + 1, through: period.start + period.offset)
            merged += max(0, atOnce - 1)
        }
        return expression.matchCount(from: begin, through: period.mark(at: last)) - merged
    }
}

/// Schedules with a wildcard hour: a slot at every instant whose local time matches, so that an hourly job stays hourly
/// however the clock is changed.
extension CronSchedule {
    func nextSpaced(after second: Int) -> Int? {
        var period = zone.period(at: second)
        var from = second + 1
        // Nothing matches from `empty` up to, not including, `match`: one search serves many periods.
        var (empty, match) = (Int.max, Int.min)
        while true {
            if from < period.end {
                let local = from + period.offset
                if !(empty <= local && local <= match) {
                    guard let found = expression.firstMatch(notBefore: local) else { return nil }
                    (empty, match) = (local, found)
                }
                if match - period.offset < period.end { return match - period.offset }
            }
            from = period.end
            period = zone.period(at: from)
        }
    }

    func lastSpaced(notAfter second: Int) -> Int? {
        var period = zone.period(at: second)
        var from = second
        var (match, empty) = (Int.max, Int.min)
        while true {
            let local = from + period.offset
            if !(match <= local && local <= empty) {
                guard let found = expression.lastMatch(notAfter: local) else { return nil }
                (match, empty) = (found, local)
            }
            if match - period.offset >= period.start { return match - period.offset }
            from = period.start - 1
            period = zone.period(at: from)
        }
    }

    func countSpaced(after first: Int, through last: Int) -> Int {
        var count = 0
        var from = first + 1
        while from <= last {
            let period = zone.period(at: from)
            let through = min(last, period.end - 1)
            count += expression.matchCount(from: from + period.offset, through: through + period.offset)
            from = through + 1
        }
        return count
    }
}
