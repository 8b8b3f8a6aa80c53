// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

/// What edits do to slots, and to `nextRunAt`.
@Suite struct JobEditsTests {
    private static let start = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)

    private static func job(_ schedule: Schedule, next: Duration? = .zero, _ edit: (inout Job) -> Void = { _ in })
        throws -> Job
    {
        var job = Job(name: try JobName("a"), schedule: schedule, nextRunAt: next.map { start + $0 })
        edit(&job)
        return job
    }

    private static func cron(_ text: String, _ zone: String = "UTC") throws -> Schedule {
        .cron(
            CronSchedule(
                expression: try CronExpression(text, job: try JobName("a")),
                zone: try ZoneDatabase.system.rules(named: zone)))
    }

    private static func calendar(_ step: CalendarStep, _ zone: String = "UTC", from anchor: Duration? = nil) throws
        -> Schedule
    {
        .calendar(
            CalendarSchedule(
                step: step, zone: try ZoneDatabase.system.rules(named: zone), anchor: anchor.map { start + $0 }))
    }

    private static func rows(_ before: Job, _ after: Job, at now: Duration) -> [String] {
        let (_, skips) = after.replacing(before, now: start + now, upTo: start + now)
        return skips.map {
            "\($0.reason.rawValue) \(($0.firstSlot - start).milliseconds)...\(($0.lastSlot - start).milliseconds) \($0.count)"
        }
    }

    @Test func `a slot that was reached and is no slot any more is recorded`() throws {
        let before = try Self.job(.every(.seconds(30))) { $0.jitter = .seconds(28) }
        let after = try Self.job(.every(.seconds(5)), next: .seconds(5))
        #expect(Self.rows(before, after, at: .seconds(1)) == ["edited 0...0 1"])
        #expect(Self.rows(before, after, at: .milliseconds(-1)) == [])
    }

    @Test func `what was missed before the edit is one row, without the slots that are still to come`() throws {
        let before = try Self.job(.every(.seconds(1)))
        #expect(
            Self.rows(before, try Self.job(.every(.seconds(3)), next: .seconds(9)), at: .seconds(7)) == [
                "edited 0...7000 8"
            ])
        #expect(
            Self.rows(before, try Self.job(.every(.seconds(3)), next: .seconds(3)), at: .seconds(7))
                == ["edited 0...2000 3", "edited 4000...5000 2", "edited 7000...7000 1"])
        #expect(
            Self.rows(before, try Self.job(.every(.seconds(1)), next: .seconds(3)), at: .seconds(7)) == [
                "edited 0...2000 3"
            ])
        #expect(
            Self.rows(before, try Self.job(.every(.seconds(1)), next: .milliseconds(2_500)), at: .seconds(4)) == [
                "edited 0...4000 5"
            ])
    }

    @Test func `slots of a job that was disabled are recorded as such`() throws {
        let before = try Self.job(.every(.seconds(1))) { $0.isEnabled = false }
        #expect(Self.rows(before, try Self.job(.once, next: .seconds(60)), at: .seconds(2)) == ["disabled 0...2000 3"])
    }

    @Test func `edits that leave the slots as they are record nothing`() throws {
        let before = try Self.job(.every(.seconds(1)))
        let after = try Self.job(.every(.seconds(1))) {
            $0.jitter = .milliseconds(500)
            $0.isEnabled = false
            $0.payload = .int(1)
        }
        #expect(Self.rows(before, after, at: .seconds(100)) == [])
    }

    @Test func `what leaves the window after it was reached is recorded, and passed for good`() throws {
        let before = try Self.job(.every(.seconds(10))) { $0.jitter = .seconds(9) }
        var after = before
        after.endAt = Self.start - .seconds(1)
        let ended = after.replacing(before, now: Self.start + .seconds(1), upTo: Self.start + .seconds(1))
        #expect(ended.skips.map(\.count) == [1] && ended.job.nextRunAt == nil)
        after.endAt = nil
        after.startAt = Self.start + .seconds(15)
        let later = after.replacing(before, now: Self.start + .seconds(1), upTo: Self.start + .seconds(1))
        #expect(later.skips.map(\.count) == [1] && later.job.nextRunAt == Self.start + .seconds(20))
        let early = after.replacing(before, now: Self.start - .seconds(1), upTo: Self.start - .seconds(1))
        #expect(early.skips.isEmpty && early.job.nextRunAt == Self.start)
    }

    @Test func `years of missed slots take a moment`() throws {
        let before = try Self.job(.every(.milliseconds(1)))
        let after = try Self.job(.every(.milliseconds(7)), next: .milliseconds(3))
        let now = Self.start + .seconds(3 * 365 * 86_400)
        let (_, skips) = after.replacing(before, now: now, upTo: now)
        #expect(skips.last?.lastSlot == now)
        #expect(skips.count < 1_010)
    }

    /// Against a walk over every slot.
    @Test func `each slot that was reached is kept, or recorded once`() throws {
        var random = SplitMix(seed: 11)
        let schedules: [Schedule] = [
            .once, .every(.seconds(1)), .every(.seconds(2)), .every(.milliseconds(700)), try Self.cron("* * * * * *"),
            try Self.cron("*/3 * * * * *"), try Self.cron("1,5 * * * * *", "Asia/Kolkata"),
            try Self.calendar(CalendarStep(1, .days)),
            try Self.calendar(CalendarStep(1, .days), from: .seconds(-86_400)),
            try Self.calendar(CalendarStep(1, .days), from: .milliseconds(1_500 - 2 * 86_400_000)),
        ]
        for round in 0..<3_000 {
            func job() throws -> Job {
                let next = Duration.milliseconds(Int64.random(in: -20...40, using: &random) * 500)
                return try Self.job(schedules.randomElement(using: &random) ?? .once, next: next) { job in
                    let window = [-10, -3, 4].map { Self.start + .seconds($0) }
                    job.startAt = Bool.random(using: &random) ? nil : window.randomElement(using: &random)
                    job.endAt = Bool.random(using: &random) ? nil : window.randomElement(using: &random)
                }
            }
            func slots(_ job: Job, upTo now: Timestamp) -> Set<Timestamp> {
                var slots: Set<Timestamp> = []
                var next = job.nextRunAt.flatMap { job.firstSlot(from: $0) }
                while let slot = next, slot <= now {
                    slots.insert(slot)
                    next = job.slot(after: slot)
                }
                return slots
            }
            let (before, after) = (try job(), try job())
            let now = Self.start + .milliseconds(Int64.random(in: 0...20, using: &random) * 500)
            let (stored, skips) = after.replacing(before, now: now, upTo: now)
            let reached = slots(before, upTo: now)
            let kept = slots(stored, upTo: now)
            for slot in reached {
                let count = skips.count { $0.firstSlot <= slot && slot <= $0.lastSlot }
                #expect(count == (kept.contains(slot) ? 0 : 1), "round \(round): \(slot) of \(before), now \(after)")
            }
            #expect(skips.reduce(0) { $0 + $1.count } == Int64(reached.subtracting(kept).count), "round \(round)")
            #expect(
                skips.allSatisfy { reached.contains($0.firstSlot) && reached.contains($0.lastSlot) }, "round \(round)")
            if stored.nextRunAt != after.nextRunAt { #expect(after.nextRunAt == before.nextRunAt) }
        }
    }

    private static func next(_ before: Job, _ schedule: Schedule, at now: Duration = .zero) -> Duration? {
        var after = before
        after.schedule = schedule
        return NextSlot.afterEdit(of: before, to: after, now: start + now).map { $0 - start }
    }

    private static let far = Duration.seconds(64 * 365 * 86_400)

    @Test func `a new interval goes on from the last slot that was reached`() throws {
        let job = try Self.job(.every(.seconds(60)), next: .seconds(30))
        #expect(Self.next(job, .every(.seconds(40))) == .seconds(10))
        #expect(Self.next(job, .every(.seconds(600))) == .seconds(570))
        #expect(Self.next(job, .every(.seconds(7))) == .seconds(5))
        // On the border the slot before is now: it was reached.
        #expect(Self.next(try Self.job(.every(.seconds(60)), next: .seconds(60)), .every(.seconds(5))) == .seconds(5))
    }

    @Test func `a row that has not begun begins where it did, whatever the new schedule`() throws {
        let ahead = Duration.milliseconds(60_001)
        let hourly = try Self.cron("0 * * * *")
        for old in [Schedule.once, .every(.seconds(60)), try Self.cron("* * * * *")] {
            for new in [
                Schedule.every(.seconds(5)), .every(.seconds(90)), hourly, try Self.cron("0 * * * *", "Asia/Kolkata"),
            ] {
                #expect(Self.next(try Self.job(old, next: Self.far), new) == Self.far)
                #expect(Self.next(try Self.job(old, next: ahead), new) == ahead)
            }
        }
        var job = try Self.job(.every(.seconds(60)), next: .seconds(20)) { $0.startAt = Self.start + .seconds(20) }
        #expect(Self.next(job, .every(.seconds(600))) == .seconds(20))
        job.endAt = Self.start + .seconds(10)
        #expect(Self.next(job, .every(.seconds(600))) == nil)
    }

    @Test func `a schedule that goes on is armed from now on`() throws {
        let hourly = try Self.cron("0 * * * *")
        let minutely = try Self.job(try Self.cron("* * * * *"), next: .seconds(60))
        let next = try #require(Self.next(minutely, hourly))
        #expect(next > .zero && next <= .seconds(3_600) && (Self.start + next).millisecondsSinceEpoch % 3_600_000 == 0)
        #expect(Self.next(minutely, .every(.seconds(5))) == .zero)
        #expect(Self.next(try Self.job(.every(.seconds(60)), next: .seconds(30)), hourly) == next)
        #expect(Self.next(minutely, .once) == .seconds(60))
        // A start that lies ahead is the schedule's own.
        let later = try Self.job(hourly, next: Self.far) { $0.startAt = Self.start + .seconds(86_400) }
        #expect(Self.next(later, try Self.cron("30 * * * *")) == Self.far)
    }

    private static let day = Duration.seconds(86_400)

    /// Slots at 08:00 each third day; two steps ago it began.
    private static func stepping(_ edit: (inout Job) -> Void = { _ in }) throws -> Job {
        try job(try calendar(CalendarStep(3, .days), from: day * -5), next: day, edit)
    }

    @Test func `a new step is counted from the old anchor, and armed from now on`() throws {
        let job = try Self.stepping()
        // From five days ago: in a day, or in a month less five days.
        #expect(Self.next(job, try Self.calendar(CalendarStep(2, .days), from: Self.day * -5)) == Self.day)
        #expect(Self.next(job, try Self.calendar(CalendarStep(1, .months), from: Self.day * -5)) == Self.day * 26)
        #expect(
            Self.next(job, try Self.calendar(CalendarStep(3, .days), "Asia/Kolkata", from: Self.day * -5)) == Self.day)
        // What is due now was reached: the next one.
        #expect(
            Self.next(job, try Self.calendar(CalendarStep(5, .days), from: Self.day * -5)) == Self.day * 5)
        var late = job
        late.schedule = try Self.calendar(CalendarStep(2, .days), from: Self.day * -5)
        late.startAt = Self.start + Self.day * 2
        #expect(NextSlot.afterEdit(of: job, to: late, now: Self.start) == Self.start + Self.day * 3)
        late.endAt = Self.start + Self.day * 2
        #expect(NextSlot.afterEdit(of: job, to: late, now: Self.start) == nil)
    }

    @Test func `a row that has not begun begins where it did, on the calendar too`() throws {
        let monthly = try Self.calendar(CalendarStep(1, .months))
        for old in [Schedule.once, .every(.seconds(60)), try Self.cron("* * * * *"), monthly] {
            for new in [
                Schedule.every(.seconds(5)), try Self.cron("0 * * * *"), try Self.calendar(CalendarStep(2, .weeks)),
            ] {
                #expect(Self.next(try Self.job(old, next: Self.far), new) == Self.far)
            }
        }
    }

    @Test func `a job that goes over to the calendar begins there with its next slot`() throws {
        let monthly = try Self.calendar(CalendarStep(1, .months))
        for old in [Schedule.every(.seconds(60)), try Self.cron("* * * * *")] {
            for next in [Duration.seconds(60), .zero, .seconds(-60)] {
                #expect(Self.next(try Self.job(old, next: next), monthly) == next)
            }
        }
        #expect(Self.next(try Self.job(.every(.seconds(60)), next: nil), monthly) == .zero)
        // An anchor that was given says where.
        let given = try Self.calendar(CalendarStep(1, .months), from: Self.day * -5)
        #expect(Self.next(try Self.job(.every(.seconds(60)), next: .seconds(60)), given) == Self.day * 26)
        #expect(
            Self.next(try Self.stepping(), try Self.calendar(CalendarStep(3, .days), from: Self.day * -4)) == Self.day
                * 2)
    }

    @Test func `a job that leaves the calendar goes on from its last slot`() throws {
        #expect(Self.next(try Self.stepping(), .every(Self.day * 4)) == Self.day * 2)
        #expect(Self.next(try Self.stepping(), .every(.seconds(7))) == .seconds(2))
        let hourly = try Self.cron("0 * * * *")
        let next = try #require(Self.next(try Self.stepping(), hourly))
        #expect(next > .zero && next <= .seconds(3_600))
        #expect(Self.next(try Self.stepping(), .once) == Self.day)
    }

    @Test func `the anchor is the slot that was set, not where the job has come to`() throws {
        var job = try Self.job(try Self.calendar(CalendarStep(1, .months)))
        #expect(job.anchor == Self.start)
        job.nextRunAt = job.slot(after: Self.start)
        #expect(job.anchor == Self.start)
        var edited = try Self.job(try Self.calendar(CalendarStep(2, .months)), next: Self.day)
        #expect(edited.anchor == Self.start + Self.day && !edited.hasRule(of: job))
        edited.keepAnchor(of: job)
        #expect(edited.anchor == Self.start)
        edited.keepAnchor(of: try Self.job(.once))
        #expect(edited.anchor == Self.start)
        job.schedule = .once
        #expect(job.anchor == nil)
        job.schedule = try Self.calendar(CalendarStep(1, .years))
        #expect(job.anchor == job.nextRunAt)
    }
}
