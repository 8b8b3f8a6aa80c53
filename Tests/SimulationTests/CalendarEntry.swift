// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport

/// A job of the calendar simulation, and its slots as a walk over every minute of its zone's clock found them.
struct CalendarEntry: Sendable {
    let zone: String
    /// A cron expression, or a step as `1 month`.
    let rule: String
    /// Whether the rule is a step, counted from the first slot.
    let isStep: Bool
    /// All slots of the two years, in order.
    let slots: [Timestamp]

    /// The engine's form of it.
    func schedule(of job: JobName) throws -> Schedule {
        let zone = try ZoneDatabase.system.rules(named: zone)
        guard isStep else {
            return .cron(CronSchedule(expression: try CronExpression(rule, job: job), zone: zone))
        }
        guard let step = CalendarStep(text: rule) else { throw CancellationError() }
        return .calendar(CalendarSchedule(step: step, zone: zone))
    }

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
            for rule in rules + steps {
                entries.append(
                    CalendarEntry(
                        zone: zone, rule: rule.description,
                        isStep: steps.contains { $0.description == rule.description },
                        slots: oracle.slots(of: rule).map(instant)))
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

    /// Steps on the calendar, by what the minutes of their slots have in common; none begins in a month without its day.
    private static let steps: [CronOracle.Rule] = [
        .init("1 month") { $0.minute == 15 && $0.hour == 2 && $0.day == min(31, $0.monthLength) },
        .init("3 months") { $0.minute == 0 && $0.hour == 9 && $0.day == min(31, $0.monthLength) && $0.month % 3 == 1 },
        .init("1 day") { $0.minute == 10 && $0.hour == 2 },
        .init("2 weeks") { $0.minute == 45 && $0.hour == 1 && dayNumber($0) % 14 == 1 },
        .init("1 year") { $0.minute == 30 && $0.hour == 12 && $0.month == 2 && $0.day == min(29, $0.monthLength) },
    ]

    /// Days since the first of January of ``year``.
    private static func dayNumber(_ minute: CronOracle.Minute) -> Int {
        let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        let months = lengths.prefix(Int(minute.month) - 1).reduce(0, +)
        let isLeap = Int(minute.year) == year
        return (isLeap ? 0 : 366) + months + (isLeap && minute.month > 2 ? 1 : 0) + Int(minute.day) - 1
    }
}
