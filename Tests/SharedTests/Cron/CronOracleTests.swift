// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import TestSupport
import Testing

@testable import Shared

/// Two years of every zone that is odd in its own way, against a walk over each minute.
@Suite struct CronOracleTests {
    private static let zones = [
        ("UTC", 2024), ("Europe/Berlin", 2024), ("America/New_York", 2024), ("Australia/Lord_Howe", 2023),
        ("Pacific/Chatham", 2024), ("America/Sao_Paulo", 2017), ("Africa/Casablanca", 2023), ("Asia/Kolkata", 2024),
        ("Antarctica/Troll", 2024), ("Pacific/Apia", 2011),
    ]

    @Test(arguments: zones)
    func `as if every minute were looked at`(zone: String, year: Int) async throws {
        let oracle = try CronOracle(zone: zone, year: year)
        let before = CronSamples.at(oracle.start * 60) - .milliseconds(1)
        let end = CronSamples.at((oracle.start + oracle.count) * 60 - 1)
        for rule in Self.rules + Self.randomRules(seed: UInt64(year) + UInt64(zone.utf8.count)) {
            // Other tests wait for servers and time-outs on the same few threads.
            await Task.yield()
            let expected = oracle.slots(of: rule)
            let schedule = try CronSamples.schedule(rule.description, zone)
            #expect(schedule.expression.hasWildcardHour == rule.isSpaced)
            var forward: [Int] = []
            var slot = before
            while let next = schedule.next(after: slot), next <= end {
                forward.append(Int(next.millisecondsSinceEpoch / 60_000))
                slot = next
            }
            #expect(forward == expected, "\(rule) in \(zone)")
            var backward: [Int] = []
            slot = end
            while let last = schedule.last(notAfter: slot), last > before {
                backward.append(Int(last.millisecondsSinceEpoch / 60_000))
                slot = last - .milliseconds(1)
            }
            #expect(backward.reversed() == expected, "\(rule) in \(zone), backwards")
            #expect(schedule.count(after: before, through: end) == expected.count, "\(rule) in \(zone), counted")
            var random = SplitMix(seed: 3)
            for _ in 0..<200 where !expected.isEmpty {
                let ends = [0, 1].map { _ in Int.random(in: 0..<oracle.count, using: &random) + oracle.start }.sorted()
                let within = Self.index(of: ends[1], in: expected) - Self.index(of: ends[0], in: expected)
                #expect(
                    schedule.count(after: CronSamples.at(ends[0] * 60), through: CronSamples.at(ends[1] * 60)) == within
                )
            }
        }
    }

    /// How many of the sorted values are not above a limit.
    private static func index(of limit: Int, in values: [Int]) -> Int {
        var (low, high) = (0, values.count)
        while low < high {
            let middle = (low + high) / 2
            if values[middle] <= limit { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static let rules: [CronOracle.Rule] = [
        .init("* * * * *", isSpaced: true) { _ in true },
        .init("*/7 * * * *", isSpaced: true) { $0.minute % 7 == 0 },
        .init("30 * * * *", isSpaced: true) { $0.minute == 30 },
        .init("@hourly", isSpaced: true) { $0.minute == 0 },
        .init("15 */2 * * *", isSpaced: true) { $0.minute == 15 && $0.hour % 2 == 0 },
        .init("0 */5 * * 0", isSpaced: true) { $0.minute == 0 && $0.hour % 5 == 0 && $0.weekday == 0 },
        .init("*/20 * 29-31 * *", isSpaced: true) { $0.minute % 20 == 0 && $0.day >= 29 },
        .init("30 2 * * *") { $0.minute == 30 && $0.hour == 2 },
        .init("0 2 * * *") { $0.minute == 0 && $0.hour == 2 },
        .init("0 3 * * *") { $0.minute == 0 && $0.hour == 3 },
        .init("*/10 1-3 * * *") { $0.minute % 10 == 0 && (1...3).contains($0.hour) },
        .init("* 2 * * *") { $0.hour == 2 },
        .init("* 0-23 * * *") { _ in true },
        .init("@daily") { $0.minute == 0 && $0.hour == 0 },
        .init("59 23 * * *") { $0.minute == 59 && $0.hour == 23 },
        .init("15,45 0,1,2,23 * * SUN") {
            ($0.minute == 15 || $0.minute == 45) && [0, 1, 2, 23].contains($0.hour) && $0.weekday == 0
        },
        .init("0 9-17 * * MON-FRI") { $0.minute == 0 && (9...17).contains($0.hour) && (1...5).contains($0.weekday) },
        .init("0 0 13 * FRI") { $0.minute == 0 && $0.hour == 0 && ($0.day == 13 || $0.weekday == 5) },
        .init("0 0 */3 * 1-5") {
            $0.minute == 0 && $0.hour == 0 && $0.day % 3 == 1 && (1...5).contains($0.weekday)
        },
        .init("0 2 L * *") { $0.minute == 0 && $0.hour == 2 && $0.day == $0.monthLength },
        .init("30 2 ? 3,10 SUNL") {
            $0.minute == 30 && $0.hour == 2 && ($0.month == 3 || $0.month == 10) && $0.weekday == 0
                && $0.day > $0.monthLength - 7
        },
        .init("5 1 ? * 0#1,6#3") {
            $0.minute == 5 && $0.hour == 1
                && (($0.weekday == 0 && $0.day <= 7) || ($0.weekday == 6 && (15...21).contains($0.day)))
        },
        .init("0 12 LW * *") {
            $0.minute == 0 && $0.hour == 12 && (1...5).contains($0.weekday)
                && ($0.day == $0.monthLength || ($0.weekday == 5 && $0.day >= $0.monthLength - 2))
        },
        .init("0 12 15W * *") {
            $0.minute == 0 && $0.hour == 12
                && (($0.day == 15 && (1...5).contains($0.weekday)) || ($0.day == 14 && $0.weekday == 5)
                    || ($0.day == 16 && $0.weekday == 1))
        },
        .init("0 0 29 2 *") { $0.minute == 0 && $0.hour == 0 && $0.day == 29 && $0.month == 2 },
        .init("30 0 30 12 *") { $0.minute == 30 && $0.hour == 0 && $0.day == 30 && $0.month == 12 },
        .init("0 1 1 1,4,7,10 *") { $0.minute == 0 && $0.hour == 1 && $0.day == 1 && $0.month % 3 == 1 },
    ]

    /// Lists of values, half of the hours around the changes of the clock.
    private static func randomRules(seed: UInt64) -> [CronOracle.Rule] {
        var random = SplitMix(seed: seed)
        return (0..<8).map { number in
            let minutes = Set(
                (0..<Int.random(in: 1...6, using: &random)).map { _ in Int.random(in: 0...59, using: &random) })
            let hours = Set(
                (0..<Int.random(in: 1...5, using: &random)).map { _ in
                    Bool.random(using: &random)
                        ? Int.random(in: 0...3, using: &random) : Int.random(in: 0...23, using: &random)
                })
            let days = Set(
                (0..<Int.random(in: 1...8, using: &random)).map { _ in Int.random(in: 1...31, using: &random) })
            let weekdays = Set((0..<2).map { _ in Int.random(in: 0...6, using: &random) })
            let list = { (values: Set<Int>) in values.sorted().map(String.init).joined(separator: ",") }
            let isSpaced = number % 4 == 0
            let text = "\(list(minutes)) \(isSpaced ? "*" : list(hours)) \(list(days)) * \(list(weekdays))"
            return CronOracle.Rule(text, isSpaced: isSpaced) {
                minutes.contains(Int($0.minute)) && (isSpaced || hours.contains(Int($0.hour)))
                    && (days.contains(Int($0.day)) || weekdays.contains(Int($0.weekday)))
            }
        }
    }
}
