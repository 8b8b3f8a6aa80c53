// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

@testable import Shared

/// Short forms for what the tests of cron write often.
enum CronSamples {
    /// A schedule of a job named `demo`.
    static func schedule(_ text: String, _ zone: String = "UTC") throws -> CronSchedule {
        try CronSchedule(
            expression: CronExpression(text, job: JobName("demo")), zone: ZoneDatabase.system.rules(named: zone))
    }

    /// The local times with offsets of the slots that follow an instant.
    static func slots(
        _ text: String, _ zone: String = "UTC", after start: Timestamp, count: Int
    ) throws -> [String] {
        let schedule = try schedule(text, zone)
        return some(of: schedule, after: start, count: count).map { schedule.zone.localText(at: $0) }
    }

    static func some(of schedule: CronSchedule, after start: Timestamp, count: Int) -> [Timestamp] {
        var found: [Timestamp] = []
        while found.count < count, let next = schedule.next(after: found.last ?? start) { found.append(next) }
        return found
    }

    /// An instant of UTC; for dates that exist.
    static func utc(_ year: Int, _ month: Int, _ day: Int, _ hour: Int = 0, _ minute: Int = 0) -> Timestamp {
        let number = CalendarDate(year: year, month: month, day: day).number
        return at((number * 24 + hour) * 3_600 + minute * 60)
    }

    static func at(_ second: Int) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: Int64(second) * 1000)
    }
}
