// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport

/// A job of the calendar simulation, and its slots as a walk over every minute of its zone's clock found them.
struct CalendarEntry: Sendable {
    let zone: String
    let expression: String
    /// All slots of the two years, in order.
    let slots: [Timestamp]

    /// The zones, each with a way of its own to put its clock: by 1 h at 1:00 UTC and at 2:00 local time, by 30 min, by 2 h.
    static let zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Antarctica/Troll"]
    /// The first of the two years; it has a 29th of February.
    static let year = 2028

    /// Walks over the two years, minute by minute; takes some seconds.
    static func all() throws -> (entries: [CalendarEntry], transitions: [Timestamp], start: Timestamp) {
        var entries: [CalendarEntry] = []
        var transitions: Set<Int> = []
        var start = 0
        for zone in zones {
            let oracle = try CronOracle(zone: zone, year: year)
            start = oracle.start
            transitions.formUnion(oracle.transitions)
            for rule in rules {
                entries.append(
                    CalendarEntry(zone: zone, expression: rule.description, slots: oracle.slots(of: rule).map(instant)))
            }
        }
        return (entries, transitions.sorted().map(instant), instant(start))
    }

    private static func instant(_ minute: Int) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: Int64(minute) * 60_000)
    }

    private static let rules: [CronOracle.Rule] = [
        .init("30 2 * * *") { $0.minute == 30 && $0.hour == 2 },
        .init("*/30 1,2,3 * * SUN") { $0.minute % 30 == 0 && (1...3).contains($0.hour) && $0.weekday == 0 },
        .init("45 */8 * * *", isSpaced: true) { $0.minute == 45 && $0.hour % 8 == 0 },
        .init("0 12 29 2 *") { $0.minute == 0 && $0.hour == 12 && $0.day == 29 && $0.month == 2 },
        .init("59 23 L * *") { $0.minute == 59 && $0.hour == 23 && $0.day == $0.monthLength },
    ]
}
