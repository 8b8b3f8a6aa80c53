// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

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
