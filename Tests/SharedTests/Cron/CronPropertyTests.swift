// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Testing

@testable import Shared

/// What holds for every zone of the database, around each change of its clock.
@Suite struct CronPropertyTests {
    private static let expressions = [
        "* * * * *", "*/15 * * * *", "30 */2 * * *", "30 2 * * *", "0,30 0-3 * * *", "@daily", "0 0 L * *",
        "*/20 59 23,0,1 * * SAT,SUN", "0 3 ? * 0#2",
    ]

    static func zones() throws -> [String] {
        let folder = ProcessInfo.processInfo.environment["TZDIR"] ?? "/usr/share/zoneinfo"
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        return names.filter { $0.first?.isUppercase == true }.filter {
            (try? ZoneDatabase.system.rules(named: $0)) != nil
        }.sorted()
    }

    @Test func `slots go on, agree in both directions, and are as many as are counted`() async throws {
        let zones = try Self.zones()
        #expect(zones.count > 300)
        let (first, last) = (CronSamples.utc(2024, 1, 1), CronSamples.utc(2030, 12, 31))
        var changes = 0
        var seen: Set<[ZonePeriod]> = []
        for zone in zones {
            // Other tests wait for servers and time-outs on the same few threads.
            await Task.yield()
            let rules = try ZoneDatabase.system.rules(named: zone)
            // Half of the names are other names of the same zone.
            guard seen.insert(rules.periods).inserted else { continue }
            var starts = [first]
            while let change = rules.transition(after: starts[starts.count - 1]), change.instant < last {
                #expect(change.offsetBefore != change.offsetAfter)
                #expect(rules.offset(at: change.instant) == change.offsetAfter)
                #expect(rules.offset(at: change.instant - .seconds(1)) == change.offsetBefore)
                starts.append(change.instant)
            }
            changes += starts.count - 1
            for text in Self.expressions {
                let schedule = try CronSamples.schedule(text, zone)
                for start in starts { try check(schedule, from: start - .seconds(3 * 3_600)) }
            }
        }
        #expect(changes > 500)
    }

    private func check(_ schedule: CronSchedule, from start: Timestamp) throws {
        var slot = try #require(schedule.last(notAfter: start))
        let row = slot
        var count: Int64 = 0
        for _ in 0..<30 {
            let next = try #require(schedule.next(after: slot))
            let middle = Timestamp(
                millisecondsSinceEpoch: (slot.millisecondsSinceEpoch + next.millisecondsSinceEpoch) / 2)
            count += 1
            let holds =
                next > slot && schedule.last(notAfter: next) == next
                && schedule.last(notAfter: next - .milliseconds(1)) == slot
                && schedule.next(after: next - .seconds(1)) == next && schedule.next(after: middle) == next
                && schedule.count(after: row, through: next) == count
            if !holds { Issue.record("\(schedule.expression) in \(schedule.zone) after \(slot)") }
            slot = next
        }
        #expect(schedule.latest(from: row, notAfter: slot + .milliseconds(1)) == (slot, count + 1))
    }
}
