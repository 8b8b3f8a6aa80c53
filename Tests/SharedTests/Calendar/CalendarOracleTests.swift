// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import TestSupport
import Testing

@testable import Shared

@Suite struct CalendarOracleTests {
    private struct Fixture: Decodable {
        let rows: [Row]
    }

    /// Step, zone, anchor, and slots by number, in milliseconds since 1970.
    private struct Row: Decodable {
        let step: String
        let zone: String
        let anchor: Int64
        let slots: [[Int64]]

        init(from decoder: any Decoder) throws {
            var values = try decoder.unkeyedContainer()
            step = try values.decode(String.self)
            zone = try values.decode(String.self)
            anchor = try values.decode(Int64.self)
            slots = try values.decode([[Int64]].self)
        }
    }

    /// From the file that scripts/lib/make-calendar-fixture.py wrote.
    @Test func `the same slots as dateutil's`() async throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        let data = try Data(contentsOf: folder.appendingPathComponent("Fixtures/dateutil.json"))
        let rows = try JSONDecoder().decode(Fixture.self, from: data).rows
        #expect(rows.count >= 800)
        for row in rows {
            await Task.yield()
            var schedule = try CalendarSamples.schedule(row.step, row.zone)
            let anchor = Timestamp(millisecondsSinceEpoch: row.anchor)
            schedule.anchor = anchor
            var before = anchor
            for (number, slot) in row.slots.map({ ($0[0], Timestamp(millisecondsSinceEpoch: $0[1])) }) {
                let label = "\(row.step) in \(row.zone) from \(anchor), number \(number)"
                // A day that is skipped has no slot of its own.
                let isMerged = row.zone == "Pacific/Apia" && row.step.hasPrefix("days")
                if number <= 12, !(isMerged && slot == before) {
                    #expect(schedule.next(after: before) == slot, "\(label)")
                }
                #expect(schedule.next(after: slot - .milliseconds(1)) == slot, "\(label)")
                #expect(schedule.last(notAfter: slot) == slot, "\(label)")
                let count = schedule.count(after: anchor, through: slot)
                #expect(count == number || isMerged && count == number - 1, "\(label)")
                before = slot
            }
        }
    }

    /// What holds for every zone of the database, around each change of its clock.
    @Test func `slots go on, agree in both directions, and are as many as are counted`() async throws {
        var random = SplitMix(seed: 5)
        var seen: Set<[ZonePeriod]> = []
        var checked = 0
        for zone in try CronPropertyTests.zones() {
            await Task.yield()
            let rules = try ZoneDatabase.system.rules(named: zone)
            guard seen.insert(rules.periods).inserted else { continue }
            var instant = CronSamples.utc(1960, 1, 1)
            while let change = rules.transition(after: instant), change.instant < CronSamples.utc(2028, 1, 1) {
                instant = change.instant
                for step in [
                    CalendarStep(1, .days), CalendarStep(2, .days), CalendarStep(1, .weeks), CalendarStep(1, .months),
                ]
                where Int.random(in: 0..<6, using: &random) == 0 {
                    let steps = Int.random(in: 0...4, using: &random)
                    let days = steps * (step.unit == .months ? 30 : step.unit == .weeks ? 7 : step.count)
                    let near = Duration.milliseconds(Int64.random(in: -5_400_000...5_400_000, using: &random))
                    let anchor = instant - .seconds(days * 86_400) + near
                    try check(CalendarSchedule(step: step, zone: rules, anchor: anchor))
                    checked += 1
                }
            }
        }
        #expect(checked > 5_000)
    }

    private func check(_ schedule: CalendarSchedule) throws {
        var slot = try #require(schedule.anchor)
        let anchor = slot
        var count: Int64 = 0
        for _ in 0..<8 {
            let next = try #require(schedule.next(after: slot))
            let middle = Timestamp(
                millisecondsSinceEpoch: (slot.millisecondsSinceEpoch + next.millisecondsSinceEpoch) / 2)
            count += 1
            let holds =
                next > slot && schedule.last(notAfter: next) == next
                && schedule.last(notAfter: next - .milliseconds(1)) == slot
                && schedule.next(after: next - .milliseconds(1)) == next && schedule.next(after: middle) == next
                && schedule.count(after: anchor, through: next) == count
                && schedule.count(after: slot, through: next) == 1
                && schedule.count(after: anchor - .seconds(1), through: middle) == count
            if !holds { Issue.record("\(schedule.step) in \(schedule.zone) from \(anchor) after \(slot)") }
            slot = next
        }
        #expect(schedule.latest(from: anchor, notAfter: slot + .milliseconds(1)) == (slot, count + 1))
    }
}
