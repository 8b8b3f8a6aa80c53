// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Testing

@testable import Shared

@Suite struct CalendarScheduleTests {
    @Test(arguments: [
        ("1 month", "2027-01-31", ["2027-02-28", "2027-03-31", "2027-04-30", "2027-05-31", "2027-06-30"]),
        ("1 month", "2028-01-30", ["2028-02-29", "2028-03-30", "2028-04-30"]),
        ("1 month", "2027-01-29", ["2027-02-28", "2027-03-29", "2027-04-29"]),
        ("1 month", "2027-02-28", ["2027-03-28", "2027-04-28"]),
        ("2 months", "2026-12-31", ["2027-02-28", "2027-04-30", "2027-06-30", "2027-08-31"]),
        ("13 months", "2027-01-31", ["2028-02-29", "2029-03-31", "2030-04-30"]),
        ("1 year", "2028-02-29", ["2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29", "2033-02-28"]),
        ("4 years", "2096-02-29", ["2100-02-28", "2104-02-29"]),
        ("2 weeks", "2027-02-20", ["2027-03-06", "2027-03-20"]),
        ("1 day", "2028-02-28", ["2028-02-29", "2028-03-01"]),
        ("100 years", "2000-02-29", ["2100-02-28", "2200-02-28", "2300-02-28", "2400-02-29"]),
    ])
    func `a month without the day has its last, and the day is back where there is one`(
        step: String, anchor: String, days: [String]
    ) throws {
        let slots = try CalendarSamples.slots(step, from: "\(anchor)T09:30:00Z", count: days.count + 1)
        #expect(slots == ([anchor] + days).map { "\($0)T09:30:00+00:00" })
    }

    @Test(arguments: [
        (
            "1 day", "Europe/Berlin", "2026-03-28T02:30:00+01:00",
            ["2026-03-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]
        ),
        (
            "1 day", "Europe/Berlin", "2026-10-24T02:30:00+02:00",
            ["2026-10-24T02:30:00+02:00", "2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]
        ),
        (
            // From the second of the two: one step is one step.
            "1 day", "Europe/Berlin", "2026-10-25T02:30:00+01:00",
            ["2026-10-25T02:30:00+01:00", "2026-10-26T02:30:00+01:00"]
        ),
        (
            "1 week", "Europe/Berlin", "2026-03-22T09:00:00+01:00",
            ["2026-03-22T09:00:00+01:00", "2026-03-29T09:00:00+02:00", "2026-04-05T09:00:00+02:00"]
        ),
        (
            "1 month", "Europe/Berlin", "2026-01-31T09:00:00+01:00",
            [
                "2026-01-31T09:00:00+01:00", "2026-02-28T09:00:00+01:00", "2026-03-31T09:00:00+02:00",
                "2026-04-30T09:00:00+02:00",
            ]
        ),
        (
            "1 month", "Europe/Berlin", "2026-01-29T02:30:00+01:00",
            [
                "2026-01-29T02:30:00+01:00", "2026-02-28T02:30:00+01:00", "2026-03-29T03:00:00+02:00",
                "2026-04-29T02:30:00+02:00",
            ]
        ),
        (
            "1 week", "America/New_York", "2027-03-07T02:15:00-05:00",
            ["2027-03-07T02:15:00-05:00", "2027-03-14T03:00:00-04:00", "2027-03-21T02:15:00-04:00"]
        ),
        (
            "1 day", "America/New_York", "2027-11-06T01:30:00-04:00",
            ["2027-11-06T01:30:00-04:00", "2027-11-07T01:30:00-04:00", "2027-11-08T01:30:00-05:00"]
        ),
        (
            // 02:00 becomes 02:30, and the other way round.
            "1 day", "Australia/Lord_Howe", "2026-10-03T02:10:00+10:30",
            ["2026-10-03T02:10:00+10:30", "2026-10-04T02:30:00+11:00", "2026-10-05T02:10:00+11:00"]
        ),
        (
            "1 day", "Australia/Lord_Howe", "2026-04-04T01:45:00+11:00",
            ["2026-04-04T01:45:00+11:00", "2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"]
        ),
        (
            // A day that was not: its slot is the one of the day after.
            "1 day", "Pacific/Apia", "2011-12-28T00:00:00-10:00",
            [
                "2011-12-28T00:00:00-10:00", "2011-12-29T00:00:00-10:00", "2011-12-31T00:00:00+14:00",
                "2012-01-01T00:00:00+14:00",
            ]
        ),
        (
            "1 day", "Pacific/Apia", "2011-12-28T12:00:00-10:00",
            [
                "2011-12-28T12:00:00-10:00", "2011-12-29T12:00:00-10:00", "2011-12-31T00:00:00+14:00",
                "2011-12-31T12:00:00+14:00",
            ]
        ),
    ])
    func `the local time stays, whatever the clock does`(
        step: String, zone: String, anchor: String, expected: [String]
    ) throws {
        #expect(try CalendarSamples.slots(step, zone, from: anchor, count: expected.count) == expected)
    }

    @Test func `milliseconds stay, but where the time is skipped`() throws {
        let schedule = try CalendarSamples.schedule("1 day", "Europe/Berlin", from: "2026-03-28T02:30:00.250+01:00")
        #expect(
            try CalendarSamples.some(of: schedule, count: 3).map(\.rfc3339) == [
                "2026-03-28T01:30:00.250Z", "2026-03-29T01:00:00.000Z", "2026-03-30T00:30:00.250Z",
            ])
        let slot = try #require(Timestamp(rfc3339: "2026-04-01T00:30:00.250Z"))
        #expect(schedule.last(notAfter: slot) == slot && schedule.next(after: slot - .milliseconds(1)) == slot)
        #expect(schedule.last(notAfter: slot - .milliseconds(1)) == slot - .seconds(86_400))
    }

    @Test func `a day that is skipped is not counted`() throws {
        let schedule = try CalendarSamples.schedule("1 day", "Pacific/Apia", from: "2011-12-28T00:00:00-10:00")
        let slots = try CalendarSamples.some(of: schedule, count: 8)
        for (index, slot) in slots.enumerated() {
            #expect(schedule.count(after: slots[0], through: slot) == Int64(index))
            #expect(schedule.latest(from: slots[0], notAfter: slot + .milliseconds(1)) == (slot, Int64(index) + 1))
        }
    }

    @Test func `nothing is before the anchor, and without one there is nothing`() throws {
        let schedule = try CalendarSamples.schedule("1 month", from: "2027-01-31T09:00:00Z")
        let anchor = try #require(schedule.anchor)
        #expect(schedule.next(after: .earliest) == anchor && schedule.next(after: anchor - .milliseconds(1)) == anchor)
        #expect(schedule.last(notAfter: anchor) == anchor && schedule.last(notAfter: anchor - .milliseconds(1)) == nil)
        #expect(schedule.count(after: .earliest, through: anchor) == 1)
        #expect(schedule.count(after: anchor, through: .earliest) == 0)
        let none = try CalendarSamples.schedule("1 month")
        #expect(none.next(after: anchor) == nil && none.last(notAfter: anchor) == nil)
        #expect(none.count(after: .earliest, through: .latest) == 0)
        #expect(none.latest(from: anchor, notAfter: .latest) == (anchor, 1))
    }

    /// Far more than anybody needs, in a moment: a walk over the slots would not end in years.
    @Test(.timeLimit(.minutes(1)), arguments: CalendarStep.Unit.allCases)
    func `the far future is near`(unit: CalendarStep.Unit) throws {
        for zone in ["UTC", "Europe/Berlin", "Australia/Lord_Howe"] {
            for count in [1, Int(unit.counts.upperBound)] {
                var schedule = try CalendarSamples.schedule("\(unit.rawValue)=\(count)", zone)
                for anchor in [Timestamp.earliest, .latest - .seconds(1), Timestamp(millisecondsSinceEpoch: 1)] {
                    schedule.anchor = anchor
                    for instant in [anchor, .latest, .latest - .seconds(400 * 366 * 86_400)] {
                        let last = try #require(schedule.last(notAfter: max(anchor, instant)))
                        #expect(last <= max(anchor, instant) && last >= anchor)
                        let next = schedule.next(after: max(anchor, instant))
                        #expect(next.map { $0 > last && $0 <= .latest } ?? true)
                        #expect(schedule.count(after: anchor, through: last) >= 0)
                    }
                    #expect(schedule.next(after: .latest) == nil)
                    #expect(schedule.next(after: Timestamp(millisecondsSinceEpoch: .max)) == nil)
                    #expect(schedule.last(notAfter: Timestamp(millisecondsSinceEpoch: .max)) != nil)
                }
            }
        }
    }

    @Test(.timeLimit(.minutes(1))) func `four centuries of months are counted at once, and as they are walked`() throws
    {
        let schedule = try CalendarSamples.schedule("1 month", "Europe/Berlin", from: "2027-01-31T02:30:00+01:00")
        let slots = try CalendarSamples.some(of: schedule, count: 4_801)
        #expect(Set(slots).count == 4_801 && slots == slots.sorted())
        let last = slots[4_800]
        #expect(schedule.zone.localTime(at: last).description == "2427-01-31T02:30:00")
        #expect(schedule.count(after: slots[0], through: last) == 4_800)
        for step in [1, 77, 2_400, 4_799] {
            #expect(schedule.count(after: slots[step], through: last) == 4_800 - Int64(step))
        }
        #expect(Schedule.calendar(schedule).earlier(than: last, by: 4_000, from: slots[0]) == slots[800])
        #expect(Schedule.calendar(schedule).earlier(than: last, by: 9_000, from: slots[0]) == slots[0])
    }

    @Test(arguments: [
        ("1 month", CalendarStep(1, .months)), ("2 weeks", CalendarStep(2, .weeks)),
        ("months=1", CalendarStep(1, .months)),
        ("year=4", CalendarStep(4, .years)), (" 10  Days ", CalendarStep(10, .days)),
        ("100 years", CalendarStep(100, .years)),
    ])
    func `a step is read as people write it`(text: String, step: CalendarStep) throws {
        #expect(CalendarStep(text: text) == step)
        #expect(CalendarStep(text: step.description) == step)
    }

    @Test(arguments: [
        "", "1", "month", "0 days", "-1 days", "1.5 months", "101 years", "1201 months", "5201 weeks", "36501 days",
        "1 hour",
        "1 month 2 days", "months=", "=1", "months=1=1", "+1 day", "1month", "99999999999999999999 days", "١ day",
    ])
    func `what is no step is refused`(text: String) {
        #expect(CalendarStep(text: text) == nil)
    }
}
