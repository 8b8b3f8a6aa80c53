// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import TestSupport
import Testing

@testable import Shared

/// The syntax: what each form means, by the slots it has from 2026-01-01 (a Thursday) on, and what is refused.
@Suite struct CronExpressionTests {
    @Test(arguments: [
        ("* * * * *", ["01-01T00:01:00", "01-01T00:02:00"]),
        ("*/20 * * * *", ["01-01T00:20:00", "01-01T00:40:00", "01-01T01:00:00"]),
        ("5/20 * * * *", ["01-01T00:05:00", "01-01T00:25:00", "01-01T00:45:00", "01-01T01:05:00"]),
        ("10-30/10,45 3 * * *", ["01-01T03:10:00", "01-01T03:20:00", "01-01T03:30:00", "01-01T03:45:00"]),
        ("  07\t08 * * * ", ["01-01T08:07:00", "01-02T08:07:00"]),
        ("30 0 12 * * *", ["01-01T12:00:30", "01-02T12:00:30"]),
        ("*/30 * * * * ?", ["01-01T00:00:30", "01-01T00:01:00"]),
        ("0 0 * feb,Apr *", ["02-01T00:00:00", "02-02T00:00:00"]),
        ("0 0 1 JAN-MAR/2 *", ["03-01T00:00:00"]),
        ("0 0 * * mon", ["01-05T00:00:00", "01-12T00:00:00"]),
        ("0 0 * * 7", ["01-04T00:00:00", "01-11T00:00:00"]),
        ("0 0 * * 0", ["01-04T00:00:00", "01-11T00:00:00"]),
        ("0 0 * * 5-7", ["01-02T00:00:00", "01-03T00:00:00", "01-04T00:00:00", "01-09T00:00:00"]),
        ("0 0 * * SAT-SUN", ["01-03T00:00:00", "01-04T00:00:00", "01-10T00:00:00"]),
        ("0 0 * * FRI-MON/2", ["01-02T00:00:00", "01-04T00:00:00", "01-09T00:00:00"]),
        ("0 0 ? * 1", ["01-05T00:00:00", "01-12T00:00:00"]),
        ("0 0 13 * ?", ["01-13T00:00:00", "02-13T00:00:00"]),
        ("0 0 13 * FRI", ["01-02T00:00:00", "01-09T00:00:00", "01-13T00:00:00", "01-16T00:00:00"]),
        ("0 0 */2 * MON", ["01-05T00:00:00", "01-19T00:00:00", "02-09T00:00:00"]),
        ("0 0 L * *", ["01-31T00:00:00", "02-28T00:00:00", "03-31T00:00:00", "04-30T00:00:00"]),
        ("0 0 L-3 * *", ["01-28T00:00:00", "02-25T00:00:00", "03-28T00:00:00"]),
        ("0 0 LW * *", ["01-30T00:00:00", "02-27T00:00:00", "03-31T00:00:00", "04-30T00:00:00", "05-29T00:00:00"]),
        ("0 0 1W * *", ["02-02T00:00:00", "03-02T00:00:00", "04-01T00:00:00", "05-01T00:00:00", "06-01T00:00:00"]),
        ("0 0 15w,L * *", ["01-15T00:00:00", "01-31T00:00:00", "02-16T00:00:00"]),
        ("0 0 31W * *", ["01-30T00:00:00", "03-31T00:00:00", "05-29T00:00:00"]),
        ("0 0 * * 5L", ["01-30T00:00:00", "02-27T00:00:00", "03-27T00:00:00"]),
        ("0 0 * * friL,SUN#1", ["01-04T00:00:00", "01-30T00:00:00", "02-01T00:00:00", "02-27T00:00:00"]),
        ("0 0 * * 5#3", ["01-16T00:00:00", "02-20T00:00:00"]),
        ("0 0 * * THU#5", ["01-29T00:00:00", "04-30T00:00:00"]),
        ("@hourly", ["01-01T01:00:00", "01-01T02:00:00"]),
        ("@Daily", ["01-02T00:00:00", "01-03T00:00:00"]),
        ("@midnight", ["01-02T00:00:00", "01-03T00:00:00"]),
        ("@weekly", ["01-04T00:00:00", "01-11T00:00:00"]),
        ("@monthly", ["02-01T00:00:00", "03-01T00:00:00"]),
    ])
    func `each form of the syntax`(text: String, expected: [String]) throws {
        let found = try CronSamples.slots(text, after: CronSamples.utc(2026, 1, 1), count: expected.count)
        #expect(found == expected.map { "2026-\($0)+00:00" })
        #expect(try CronSamples.schedule(text).expression.text == text)
    }

    @Test(arguments: ["@yearly", "@annually", "0 0 1 1 *"])
    func `years`(text: String) throws {
        let found = try CronSamples.slots(text, after: CronSamples.utc(2026, 1, 1), count: 2)
        #expect(found == ["2027-01-01T00:00:00+00:00", "2028-01-01T00:00:00+00:00"])
    }

    @Test func `leap days, also over the year that has none, and on one day of the week`() throws {
        let days = try CronSamples.slots("0 0 29 2 *", after: CronSamples.utc(2095, 1, 1), count: 3)
        #expect(days.map { String($0.prefix(10)) } == ["2096-02-29", "2104-02-29", "2108-02-29"])
        // A fifth Monday in February: 40 years apart around 2100.
        let mondays = try CronSamples.slots("0 0 ? 2 1#5", after: CronSamples.utc(2060, 1, 1), count: 3)
        #expect(mondays.map { String($0.prefix(10)) } == ["2072-02-29", "2112-02-29", "2140-02-29"])
    }

    /// These numbers are the contract of `H`: where one changes, jobs of users move.
    @Test func `H never changes`() throws {
        let expression = try CronExpression("H H H H H H", job: JobName("nightly-report"))
        #expect(
            [expression.seconds, expression.minutes, expression.hours, expression.months]
                .map { $0.trailingZeroBitCount } == [10, 56, 21, 6])
        let fields: [CronField] = [.second, .minute, .hour, .dayOfMonth, .month, .dayOfWeek]
        let sizes = [60, 60, 24, 28, 12, 7]
        let values = try zip(fields, sizes).map { try CronHash.value(of: JobName("a"), in: $0, below: $1) }
        #expect(values == [26, 56, 6, 7, 2, 4])
    }

    @Test func `H spreads jobs and stays within its range`() throws {
        var minutes: [Int: Int] = [:]
        for number in 0..<6_000 {
            let job = try JobName("job-\(number)")
            minutes[CronHash.value(of: job, in: .minute, below: 60), default: 0] += 1
            let ranged = try CronExpression("H(10-19) H(3-5) * * *", job: job)
            #expect(ranged.minutes & ~(0x3ff << 10) == 0 && ranged.minutes.nonzeroBitCount == 1)
            #expect(ranged.hours & ~(0x7 << 3) == 0)
            let stepped = try CronExpression("H/15 H(0-5)/2 * * *", job: job)
            #expect(stepped.minutes.nonzeroBitCount == 4 && stepped.hours.nonzeroBitCount == 3)
            let day = try CronExpression("0 0 H * *", job: job)
            #expect(day.days.allSatisfy { $0.nonzeroBitCount == 1 })
        }
        #expect(minutes.count == 60 && minutes.values.allSatisfy { (50...160).contains($0) })
    }

    @Test(arguments: [
        ("* * * * *", true), ("0 */2 * * *", true), ("0 H/3 * * *", true), ("0 1,*/6 * * *", true), ("@hourly", true),
        ("0 0-23 * * *", false), ("0 H * * *", false), ("* 2 * * *", false), ("@daily", false), ("0 0/2 * * *", false),
    ])
    func `which hours are a wildcard`(text: String, isWildcard: Bool) throws {
        #expect(try CronSamples.schedule(text).expression.hasWildcardHour == isWildcard)
    }

    @Test func `bytes at random never trap`() throws {
        var random = SplitMix(seed: 11)
        let job = try JobName("fuzz")
        let alphabet = Array("0123456789*/-,?LWH()#@ \tSUNJANabc\u{1}é".utf8)
        let valid = Array("*/5 H(0-9) 15W,L-3,LW JAN-MAR/2 5#3,5L,MON-FRI".utf8)
        var accepted = 0
        for round in 0..<60_000 {
            var bytes: [UInt8]
            switch round % 3 {
            case 0:
                bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in .random(in: 0...255, using: &random) }
            case 1:
                bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                    alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                }
            default:
                bytes = valid
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let place = Int.random(in: 0..<bytes.count, using: &random)
                    let byte = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
                    if Bool.random(using: &random) { bytes[place] = byte } else { bytes.insert(byte, at: place) }
                }
            }
            guard let expression = try? CronExpression(String(decoding: bytes, as: UTF8.self), job: job) else {
                continue
            }
            accepted += 1
            let schedule = CronSchedule(expression: expression, zone: .utc)
            let next = try #require(schedule.next(after: CronSamples.utc(2026, 1, 1)))
            #expect(schedule.last(notAfter: next) == next)
        }
        #expect(accepted > 200)
    }
}
