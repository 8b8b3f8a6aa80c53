// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Testing

@testable import Shared

/// Short forms for what the tests of steps on the calendar write often.
enum CalendarSamples {
    /// A step such as `1 month`, counted from an instant in RFC 3339.
    static func schedule(_ step: String, _ zone: String = "UTC", from anchor: String? = nil) throws -> CalendarSchedule
    {
        try CalendarSchedule(
            step: #require(CalendarStep(text: step)), zone: ZoneDatabase.system.rules(named: zone),
            anchor: anchor.map { try #require(Timestamp(rfc3339: $0)) })
    }

    /// The first slots from the anchor on.
    static func some(of schedule: CalendarSchedule, count: Int) throws -> [Timestamp] {
        var found = [try #require(schedule.anchor)]
        while found.count < count, let next = schedule.next(after: found[found.count - 1]) { found.append(next) }
        return found
    }

    /// Their local times with offsets.
    static func slots(
        _ step: String, _ zone: String = "UTC", from anchor: String, count: Int
    ) throws -> [String] {
        let schedule = try schedule(step, zone, from: anchor)
        return try some(of: schedule, count: count).map { schedule.zone.localText(at: $0) }
    }
}
