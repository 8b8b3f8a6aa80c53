// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import TestSupport
import Testing

@testable import Shared

/// TZif files made by hand: each form of the footer, and hostile bytes.
@Suite struct ZoneFileTests {
    @Test(arguments: [
        ("<+03>-3", [10_800]), ("IST-5:30", [19_800]), ("<-0330>3:30:15", [-12_615]),
        // Two in the north, two in the south: January and July of 2026.
        ("CET-1CEST,M3.5.0,M10.5.0/3", [3_600, 7_200]), ("AEST-10AEDT,M10.1.0,M4.1.0/3", [39_600, 36_000]),
        // A winter that is the exception, a transition before its day, one after it, both forms of Julian days.
        ("IST-1GMT0,M10.5.0,M3.5.0/1", [0, 3_600]), ("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", [-7_200, -3_600]),
        ("IST-2IDT,M3.4.4/26,M10.5.0", [7_200, 10_800]), ("AAA3BBB,J60/0,J300/0", [-10_800, -7_200]),
        ("AAA3BBB,59/0,300/0", [-10_800, -7_200]),
        // Daylight time all year long.
        ("XXX3EDT4,0/0,J365/23", [-14_400, -14_400]), ("<-03>3<-02>,0/0,J365/25", [-7_200, -7_200]),
    ])
    func `footers`(footer: String, offsets: [Int]) throws {
        let rules = try ZoneRules(name: "Test", file: Self.file(footer: footer))
        for year in [1900, 2026, 2400, 9998] {
            #expect(rules.offset(at: CronSamples.utc(year, 1, 15)) == .seconds(offsets[0]), "\(year)")
            #expect(rules.offset(at: CronSamples.utc(year, 7, 15)) == .seconds(offsets[offsets.count - 1]), "\(year)")
        }
    }

    @Test func `moments of footers`() throws {
        func starts(_ footer: String, _ year: Int) throws -> [Timestamp] {
            let rules = try ZoneRules(name: "Test", file: Self.file(footer: footer))
            var found: [Timestamp] = []
            var instant = CronSamples.utc(year, 1, 2)
            while let next = rules.transition(after: instant), next.instant < CronSamples.utc(year + 1, 1, 1) {
                found.append(next.instant)
                instant = next.instant
            }
            return found
        }
        // February 29 counts in the one form and not in the other.
        #expect(try starts("AAA0BBB,J60/0,J365/0", 2028)[0] == CronSamples.utc(2028, 3, 1))
        #expect(try starts("AAA0BBB,59/0,J365/0", 2028)[0] == CronSamples.utc(2028, 2, 29))
        #expect(try starts("AAA0BBB,59/0,J365/0", 2027)[0] == CronSamples.utc(2027, 3, 1))
        #expect(try starts("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2026)[0] == CronSamples.utc(2026, 3, 29, 1))
        #expect(try starts("IST-2IDT,M3.4.4/26,M10.5.0", 2026)[0] == CronSamples.utc(2026, 3, 27))
        #expect(try starts("AAA0BBB,M2.5.0/0,M11.1.0/0", 2026)[0] == CronSamples.utc(2026, 2, 22))
        #expect(try starts("XXX3EDT4,0/0,J365/23", 2026).isEmpty)
    }

    @Test(arguments: [
        "CE-1", "CET", "CET-25", "CET-1CEST", "CET-1CEST,M3.5.0", "CET-1CEST,M13.5.0,M10.5.0",
        "CET-1CEST,M3.6.0,M10.5.0",
        "CET-1CEST,M3.5.7,M10.5.0", "CET-1CEST,J0,J1", "CET-1CEST,366,1", "CET-1CEST,M3.5.0/168,M10.5.0",
        "CET-1CEST,M3.5.0,M10.5.0/3x", "<CET-1", "CET-1 ", "CET-1:60", "CET-99999999999999999999", ",", "\u{1}",
    ])
    func `footers that are none`(footer: String) {
        #expect(throws: MalformedZoneFile.self) { try ZoneRules(name: "Test", file: Self.file(footer: footer)) }
    }

    @Test func `what is wrong with a file is refused`() {
        let good = Self.file(changes: [(0, 1), (1_000, 0)], offsets: [0, 3_600], footer: "UTC0")
        #expect(throws: Never.self) { try ZoneRules(name: "Test", file: good) }
        for size in 0..<good.count {
            #expect(throws: MalformedZoneFile.self) { try ZoneRules(name: "Test", file: Array(good.prefix(size))) }
        }
        for bad in [
            Self.file(changes: [(5, 1), (5, 0)], offsets: [0, 3_600], footer: "UTC0"),
            Self.file(changes: [(5, 2)], offsets: [0, 3_600], footer: "UTC0"),
            Self.file(offsets: [93_600], footer: "UTC0"), Self.file(offsets: [.min], footer: "UTC0"),
            Self.file(offsets: [], footer: "UTC0"), Self.file(footer: "UTC0", version: UInt8(ascii: "5")),
            Self.file(footer: "UTC0", leaps: 1),
        ] {
            #expect(throws: MalformedZoneFile.self) { try ZoneRules(name: "Test", file: bad) }
        }
    }

    @Test func `old files, extreme times, and changes of the name alone`() throws {
        let old = try ZoneRules(
            name: "Test", file: Self.block(changes: [(100, 1)], offsets: [0, 3_600], version: 0, width: 4, leaps: 0))
        #expect(old.offset(at: CronSamples.at(99)) == .zero && old.offset(at: CronSamples.at(100)) == .seconds(3_600))
        let extreme = try ZoneRules(
            name: "Test",
            file: Self.file(
                changes: [(.min, 0), (-(1 << 59), 1), (7, 1), (50, 0), (.max, 1)], offsets: [0, 60],
                footer: "CET-1CEST,M3.5.0,M10.5.0/3"))
        #expect(extreme.offset(at: CronSamples.at(0)) == .seconds(60))
        #expect(extreme.transition(after: CronSamples.at(0))?.instant == CronSamples.at(50))
        #expect(extreme.transition(after: CronSamples.at(50)) == nil)
    }

    @Test func `broken bytes never trap, and what is read can be used`() throws {
        var random = SplitMix(seed: 5)
        let good = Self.file(
            changes: [(-5_000_000, 1), (0, 0), (86_400, 1), (90_000, 2)], offsets: [0, 3_600, -7_200],
            footer: "CET-1CEST,M3.5.0,M10.5.0/3")
        var read = 0
        for _ in 0..<20_000 {
            var bytes = good
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 0...255, using: &random)
            }
            if Int.random(in: 0..<4, using: &random) == 0 { bytes.removeLast(Int.random(in: 0..<40, using: &random)) }
            guard let rules = try? ZoneRules(name: "Test", file: bytes) else { continue }
            read += 1
            guard read % 20 == 0 else { continue }
            for text in ["30 2 * * *", "*/30 * * * *"] {
                let schedule = try CronSchedule(expression: CronExpression(text, job: JobName("demo")), zone: rules)
                var slot = CronSamples.at(-5_100_000)
                for _ in 0..<100 {
                    let next = try #require(schedule.next(after: slot))
                    #expect(next > slot && schedule.last(notAfter: next) == next)
                    slot = next
                }
                let count = schedule.count(after: CronSamples.at(-5_100_000), through: slot)
                #expect(count == 100)
            }
        }
        #expect(read > 1_000)
    }

    /// A file of version 2 or later with an empty first block.
    private static func file(
        changes: [(Int, UInt8)] = [], offsets: [Int32] = [0], footer: String, version: UInt8 = UInt8(ascii: "3"),
        leaps: Int = 0
    ) -> [UInt8] {
        block(changes: [], offsets: [0], version: version, width: 4, leaps: 0)
            + block(changes: changes, offsets: offsets, version: version, width: 8, leaps: leaps)
            + Array("\n\(footer)\n".utf8)
    }

    private static func block(
        changes: [(Int, UInt8)], offsets: [Int32], version: UInt8, width: Int, leaps: Int
    ) -> [UInt8] {
        var bytes = Array("TZif".utf8) + [version] + [UInt8](repeating: 0, count: 15)
        for count in [0, 0, leaps, changes.count, offsets.count, 4] { bytes += big(count, 4) }
        for (instant, _) in changes { bytes += big(instant, width) }
        bytes += changes.map { $0.1 }
        for offset in offsets { bytes += big(Int(offset), 4) + [0, 0] }
        bytes += Array("LMT\0".utf8)
        return bytes + [UInt8](repeating: 0, count: leaps * (width + 4))
    }

    private static func big(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * (width - 1 - $0))) }
    }
}
