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
