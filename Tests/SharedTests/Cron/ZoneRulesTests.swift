// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Testing

@testable import Shared

/// Zones of the system's database.
@Suite struct ZoneRulesTests {
    @Test(arguments: [
        "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Kolkata", "Pacific/Apia",
        "Europe/Dublin", "Antarctica/Troll", "America/Sao_Paulo", "Etc/GMT+5",
    ])
    func `the same offsets as Foundation has`(name: String) throws {
        let rules = try ZoneDatabase.system.rules(named: name)
        let other = try #require(TimeZone(identifier: name))
        // Every seven hours from 1971 to 2024, which nobody will change any more.
        for second in stride(from: 31_536_000, to: 1_735_689_600, by: 7 * 3_600) {
            let date = Date(timeIntervalSince1970: Double(second))
            #expect(rules.offset(at: CronSamples.at(second)) == .seconds(other.secondsFromGMT(for: date)), "\(date)")
        }
    }

    @Test func `local times that are there once, twice and not at all`() throws {
        let berlin = try ZoneDatabase.system.rules(named: "Europe/Berlin")
        let noon = try #require(LocalTime(year: 2026, month: 6, day: 1, hour: 12))
        #expect(berlin.instants(of: noon) == .once(CronSamples.utc(2026, 6, 1, 10)))
        let skipped = try #require(LocalTime(year: 2026, month: 3, day: 29, hour: 2, minute: 30))
        let spring = ZoneTransition(
            instant: CronSamples.utc(2026, 3, 29, 1), offsetBefore: .seconds(3_600), offsetAfter: .seconds(7_200))
        #expect(berlin.instants(of: skipped) == .skipped(spring) && spring.isGap)
        let twice = try #require(LocalTime(year: 2026, month: 10, day: 25, hour: 2, minute: 30))
        #expect(
            berlin.instants(of: twice)
                == .twice(CronSamples.utc(2026, 10, 25, 0, 30), CronSamples.utc(2026, 10, 25, 1, 30)))
        #expect(berlin.transition(after: CronSamples.utc(2026, 3, 29, 0)) == spring)
        #expect(berlin.transition(after: spring.instant)?.instant == CronSamples.utc(2026, 10, 25, 1))
        // The rule goes on: the last Sunday of March 3026 is the 26th.
        #expect(berlin.transition(after: CronSamples.utc(3026, 1, 1))?.instant == CronSamples.utc(3026, 3, 26, 1))
        #expect(berlin.transition(after: CronSamples.utc(9999, 11, 1)) == nil)
        #expect(ZoneRules.utc.transition(after: CronSamples.utc(2026, 1, 1)) == nil)
        let apia = try ZoneDatabase.system.rules(named: "Pacific/Apia")
        let never = try #require(LocalTime(year: 2011, month: 12, day: 30, hour: 12))
        guard case .skipped(let jump) = apia.instants(of: never) else { Issue.record("2011-12-30 was"); return }
        #expect(jump.offsetAfter - jump.offsetBefore == .seconds(86_400))
    }

    @Test func `local times as text`() throws {
        let newYork = try ZoneDatabase.system.rules(named: "America/New_York")
        #expect(newYork.localText(at: CronSamples.utc(2026, 7, 4, 12)) == "2026-07-04T08:00:00-04:00")
        #expect(newYork.localText(at: CronSamples.utc(1850, 1, 1, 12)) == "1850-01-01T07:03:58-04:56:02")
        #expect(newYork.localTime(at: CronSamples.utc(2026, 7, 4, 12)).weekday == 6)
        #expect(LocalTime(year: 2026, month: 2, day: 29) == nil)
        #expect(LocalTime(year: 2028, month: 2, day: 29)?.description == "2028-02-29T00:00:00")
    }

    @Test func `dates are numbered without a gap`() {
        var date = CalendarDate(number: CalendarDate(year: -1, month: 1, day: 1).number)
        #expect((date.year, date.month, date.day) == (-1, 1, 1))
        for number in (date.number + 1)...(date.number + 3 * CalendarDate.cycleDays) {
            let next = CalendarDate(number: number)
            let isLastOfMonth = date.day == CalendarDate.length(ofMonth: date.month, year: date.year)
            let expected =
                !isLastOfMonth
                ? CalendarDate(year: date.year, month: date.month, day: date.day + 1)
                : CalendarDate(year: date.month == 12 ? date.year + 1 : date.year, month: date.month % 12 + 1, day: 1)
            guard next == expected, next.number == number else { Issue.record("\(number)"); return }
            date = next
        }
        #expect(CalendarDate(year: 1970, month: 1, day: 1).number == 0)
    }

    @Test(arguments: [
        "", "europe/berlin", "Europe/Nowhere", "../etc/passwd", "Europe/../Europe/Berlin", "/etc/localtime",
        "localtime",
        "posixrules", "right/UTC", "posix/UTC", "Europe", "Europe/", "Europe//Berlin", "tzdata.zi", "zone.tab",
        "SECURITY",
        "Europe/Berlin\0", "Europe/Berlin\n", "Zürich", "A" + String(repeating: "a", count: 64),
    ])
    func `names that are no zone`(name: String) {
        #expect(throws: InvalidZone.self) { try ZoneDatabase.system.rules(named: name) }
    }

    @Test func `a zone is read once, and UTC without a file`() throws {
        let nowhere = ZoneDatabase(folder: "/nonexistent")
        #expect(try nowhere.rules(named: "UTC") === ZoneRules.utc)
        #expect(try nowhere.rules(named: "Etc/UTC").periods == ZoneRules.utc.periods)
        #expect {
            try nowhere.rules(named: "Europe/Berlin")
        } throws: {
            "\($0)"
                == "\"Europe/Berlin\" is not in the system's zone database; names are like Europe/Berlin, and case counts"
        }
        let database = ZoneDatabase.system
        #expect(try database.rules(named: "Europe/Berlin") === database.rules(named: "Europe/Berlin"))
    }
}
