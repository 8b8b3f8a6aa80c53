// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

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
