// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@testable import Core

/// Jobs with the field `every` in the engine: what is decided, and what is written with it.
@Suite struct CalendarStepsTests {
    /// 2027-01-15T08:00:00Z.
    private let start = Sample.start
    private let day = Duration.seconds(86_400)

    private func schedule(_ step: CalendarStep, from anchor: Timestamp? = nil) -> Schedule {
        .calendar(CalendarSchedule(step: step, zone: .utc, anchor: anchor))
    }

    private func plan(_ job: Job, instead replaced: Job? = nil, now: Timestamp) -> DispatchPlan {
        let owned = OwnedJob(job: job, managerID: ManagerID(Identifier(high: 1, low: 1)), lockEpoch: 1)
        var held = HeldJob(owned: owned, missedBefore: .earliest, heldSince: now)
        held.replaced = replaced
        var random = SplitMix(seed: 1)
        return DispatchPlan(
            [TakenJob(held: held, isDue: true, wantsRelease: false)], activity: [:], begun: [:], now: now,
            settings: EngineSettings(), ids: IdentifierGenerator(random: &random))
    }

    @Test func `a step takes along what the slots are counted from`() throws {
        let february = start + day * 44
        let job = Sample.job(nextRunAt: february) { job in
            job.schedule = schedule(CalendarStep(1, .months), from: start + day * 16)
        }
        let step = try #require(plan(job, now: february).batch.steps.first)
        #expect(step.from == february && step.to == start + day * 75 && step.anchor == start + day * 16)
        let interval = try #require(plan(Sample.job(), now: start).batch.steps.first)
        #expect(interval.anchor == nil)
    }

    @Test func `an edit in the database is accounted for by the row that it begins or goes on with`() throws {
        let before = Sample.job(nextRunAt: start + day) {
            $0.schedule = schedule(CalendarStep(2, .days), from: start - day)
        }
        // Another slot: the row begins there.
        let moved = Sample.job(nextRunAt: start + day * 3) { $0.schedule = schedule(CalendarStep(2, .days)) }
        let begun = try #require(plan(moved, instead: before, now: start).batch.steps.first)
        #expect(begun.accountsForEdit && begun.to == start + day * 3 && begun.anchor == start + day * 3)
        // Another step: from the same anchor, armed from now on.
        let weekly = Sample.job(nextRunAt: start + day) {
            $0.schedule = schedule(CalendarStep(1, .weeks), from: start - day)
        }
        let armed = try #require(plan(weekly, instead: before, now: start).batch.steps.first)
        #expect(armed.to == start + day * 6 && armed.anchor == start - day)
        // From a cron to the calendar: with the slot that is next.
        let former = Sample.job(every: .seconds(5), nextRunAt: start + .seconds(3))
        let monthly = Sample.job(nextRunAt: start + .seconds(3)) { $0.schedule = schedule(CalendarStep(1, .months)) }
        let gone = try #require(plan(monthly, instead: former, now: start).batch.steps.first)
        #expect(gone.to == start + .seconds(3) && gone.anchor == start + .seconds(3))
    }

    @Test(arguments: MisfirePolicy.allCases) func `missed days are decided by the policy`(policy: MisfirePolicy) {
        let job = Sample.job { job in
            job.schedule = schedule(CalendarStep(1, .days))
            job.misfirePolicy = policy
            job.maxCatchUp = 3
        }
        let now = start + day * 400 + .seconds(3_600)
        let decision = SlotDecision(job: job, now: now, missedBefore: now - .seconds(60), limit: 1_000)
        let fired = decision.firings.map { ($0.slot - start) / day }
        let skipped = decision.skips.reduce(0) { $0 + $1.count }
        #expect(fired == (policy == .once ? [400] : policy == .skip ? [] : [398, 399, 400]))
        #expect(skipped + Int64(fired.count) == 401 && decision.next == start + day * 401)
    }

    @Test func `a slot with jitter is not fired before its time`() {
        let job = Sample.job { job in
            job.schedule = schedule(CalendarStep(1, .days))
            job.jitter = .seconds(3_600)
        }
        for number in 0..<50 {
            let slot = start + day * number
            let due = job.dueAt(slot)
            #expect(due >= slot && due <= slot + .seconds(3_600))
            #expect(
                SlotDecision(job: job, now: due - .milliseconds(1), missedBefore: .earliest, limit: 1_000)
                    .firings.last?.slot != slot)
        }
    }
}
