// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Testing

@testable import Shared

/// Changes of the clock, by hand: each row was worked out from the zone's law, not from a program.
@Suite struct CronScheduleTests {
    @Test(arguments: [
        // Berlin skips 02:00 to 03:00 on 2026-03-29.
        (
            "30 2 * * *", "Europe/Berlin", CronSamples.utc(2026, 3, 28),
            [
                "2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00",
            ]
        ),
        (
            "*/15 2 * * *", "Europe/Berlin", CronSamples.utc(2026, 3, 28, 2),
            [
                "2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00",
            ]
        ),
        (
            "0,30 2,3 * * *", "Europe/Berlin", CronSamples.utc(2026, 3, 28, 12),
            [
                "2026-03-29T03:00:00+02:00", "2026-03-29T03:30:00+02:00", "2026-03-30T02:00:00+02:00",
            ]
        ),
        (
            "30 * * * *", "Europe/Berlin", CronSamples.utc(2026, 3, 29),
            [
                "2026-03-29T01:30:00+01:00", "2026-03-29T03:30:00+02:00", "2026-03-29T04:30:00+02:00",
            ]
        ),
        (
            "0 */2 * * *", "Europe/Berlin", CronSamples.utc(2026, 3, 28, 22),
            [
                "2026-03-29T00:00:00+01:00", "2026-03-29T04:00:00+02:00", "2026-03-29T06:00:00+02:00",
            ]
        ),
        // It shows 02:00 to 03:00 twice on 2026-10-25.
        (
            "30 2 * * *", "Europe/Berlin", CronSamples.utc(2026, 10, 24, 12),
            [
                "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00",
            ]
        ),
        (
            "0 2,3 * * *", "Europe/Berlin", CronSamples.utc(2026, 10, 24, 12),
            [
                "2026-10-25T02:00:00+02:00", "2026-10-25T03:00:00+01:00", "2026-10-26T02:00:00+01:00",
            ]
        ),
        (
            "*/30 * * * *", "Europe/Berlin", CronSamples.utc(2026, 10, 25, 0, 0),
            [
                "2026-10-25T02:30:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T02:30:00+01:00",
                "2026-10-25T03:00:00+01:00",
            ]
        ),
        (
            "0 */3 * * *", "Europe/Berlin", CronSamples.utc(2026, 10, 24, 22),
            [
                "2026-10-25T03:00:00+01:00", "2026-10-25T06:00:00+01:00",
            ]
        ),
        // Lord Howe moves by half an hour.
        (
            "15 2 * * *", "Australia/Lord_Howe", CronSamples.utc(2026, 10, 3),
            [
                "2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00",
            ]
        ),
        // Sao Paulo skipped midnight on 2018-11-04.
        (
            "@daily", "America/Sao_Paulo", CronSamples.utc(2018, 11, 3),
            [
                "2018-11-03T00:00:00-03:00", "2018-11-04T01:00:00-02:00", "2018-11-05T00:00:00-02:00",
            ]
        ),
        // And had the last hour of 2018-02-17 twice.
        (
            "30 23 * * *", "America/Sao_Paulo", CronSamples.utc(2018, 2, 17, 12),
            [
                "2018-02-17T23:30:00-02:00", "2018-02-18T23:30:00-03:00",
            ]
        ),
        // Apia had no 2011-12-30.
        (
            "0 12 * * *", "Pacific/Apia", CronSamples.utc(2011, 12, 29),
            [
                "2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00", "2011-12-31T12:00:00+14:00",
            ]
        ),
        (
            "0 0 * * *", "Pacific/Apia", CronSamples.utc(2011, 12, 29, 8),
            [
                "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00", "2012-01-01T00:00:00+14:00",
            ]
        ),
        (
            "0 12 30 12 *", "Pacific/Apia", CronSamples.utc(2011, 1, 1),
            [
                "2011-12-31T00:00:00+14:00", "2012-12-30T12:00:00+14:00",
            ]
        ),
        // Troll moves by two hours.
        (
            "0 1,2 * * *", "Antarctica/Troll", CronSamples.utc(2026, 3, 28, 12),
            [
                "2026-03-29T03:00:00+02:00", "2026-03-30T01:00:00+02:00",
            ]
        ),
    ])
    func `a change of the clock`(text: String, zone: String, start: Timestamp, expected: [String]) throws {
        #expect(try CronSamples.slots(text, zone, after: start, count: expected.count) == expected)
    }

    @Test func `after is strict, to the millisecond`() throws {
        let schedule = try CronSamples.schedule("0 0 * * *")
        let slot = CronSamples.utc(2026, 5, 5)
        #expect(schedule.next(after: slot - .milliseconds(1)) == slot)
        #expect(schedule.next(after: slot) == slot + .seconds(86_400))
        #expect(schedule.next(after: slot + .milliseconds(1)) == slot + .seconds(86_400))
        #expect(schedule.last(notAfter: slot) == slot)
        #expect(schedule.last(notAfter: slot - .milliseconds(1)) == slot - .seconds(86_400))
    }

    @Test(
        arguments: ["* * * * * *", "0 0 29 2 *", "0 12 ? 2 1#5", "59 59 23 31 12 *"],
        ["UTC", "Europe/Berlin", "Pacific/Apia"])
    func `the ends of the calendar`(text: String, zone: String) throws {
        let schedule = try CronSamples.schedule(text, zone)
        let forever = [Timestamp(millisecondsSinceEpoch: .min), Timestamp(millisecondsSinceEpoch: .max)]
        let first = try #require(schedule.next(after: forever[0]))
        let last = try #require(schedule.last(notAfter: forever[1]))
        #expect(first >= .earliest && last <= .latest)
        #expect(schedule.last(notAfter: forever[0]) == nil && schedule.next(after: forever[1]) == nil)
        #expect(schedule.last(notAfter: first - .seconds(1)) == nil && schedule.next(after: last) == nil)
        #expect(schedule.next(after: last - .milliseconds(1)) == last)
        #expect(schedule.count(after: forever[0], through: forever[1]) > 0)
    }

    @Test func `the row that was missed`() throws {
        let schedule = try CronSamples.schedule("30 2 * * *", "Europe/Berlin")
        let first = CronSamples.utc(2026, 3, 28, 1, 30)
        #expect(schedule.latest(from: first, notAfter: first) == (first, 1))
        let row = schedule.latest(from: first, notAfter: CronSamples.utc(2026, 10, 26))
        #expect(row == (CronSamples.utc(2026, 10, 25, 0, 30), 212))
        // A slot that the expression does not have is one all the same.
        let odd = first + .seconds(60)
        #expect(schedule.latest(from: odd, notAfter: odd + .seconds(60)) == (odd, 1))
        #expect(
            schedule.latest(from: odd, notAfter: CronSamples.utc(2026, 3, 29, 1)) == (
                CronSamples.utc(2026, 3, 29, 1), 2
            ))
        let seconds = try CronSamples.schedule("* * * * * *")
        #expect(
            seconds.count(after: CronSamples.utc(2000, 1, 1), through: CronSamples.utc(2400, 1, 1)) == 12_622_780_800)
    }

    @Test func `slots per second, printed`() throws {
        for text in ["* * * * *", "30 2 * * *", "0 9-17 * * MON-FRI", "0 0 L * *", "0 0 29 2 *", "0 */6 * * *"] {
            let schedule = try CronSamples.schedule(text, "Europe/Berlin")
            let rounds = 100_000
            var slot = CronSamples.utc(2026, 1, 1)
            let spent = ContinuousClock().measure {
                for _ in 0..<rounds { slot = schedule.next(after: slot) ?? CronSamples.utc(2026, 1, 1) }
            }
            print("cron: \(text) in Europe/Berlin: \(Int(Double(rounds) / (spent / .seconds(1)))) next slots/s")
            // Walking minutes would take hours here.
            #expect(spent < .seconds(20))
        }
    }
}
