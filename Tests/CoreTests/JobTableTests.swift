// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import Core

@Suite struct JobTableTests {
    private let start = Sample.start

    private func owned(_ job: Job, epoch: Int64 = 1, edition: Int64 = 0) -> OwnedJob {
        OwnedJob(job: job, managerID: ManagerID(Identifier(high: 1, low: 1)), lockEpoch: epoch, edition: edition)
    }

    private func hold(_ table: JobTable, _ job: Job, epoch: Int64 = 1, edition: Int64 = 0, at now: Timestamp? = nil) {
        _ = table.hold(
            owned(job, epoch: epoch, edition: edition), missedBefore: start, now: now ?? start, readAt: table.tick)
    }

    private func finish(_ table: JobTable, _ name: String, next: Timestamp?) {
        var outcome = BatchOutcome(name: Sample.name(name), lockEpoch: 1)
        outcome.next = BatchOutcome.Next(slot: next)
        table.finish([outcome])
    }

    @Test func `what is due comes out once, the earliest first`() {
        let table = JobTable()
        hold(table, Sample.job("b", nextRunAt: start + .seconds(1)))
        hold(table, Sample.job("a", nextRunAt: start + .seconds(2)))
        hold(table, Sample.job("c", nextRunAt: start + .seconds(9)))
        #expect(table.nextDue() == start + .seconds(1))
        #expect(table.takeDue(now: start, limit: 10).isEmpty)
        #expect(table.takeDue(now: start + .seconds(5), limit: 10).map(\.held.name.text) == ["b", "a"])
        #expect(table.takeDue(now: start + .seconds(5), limit: 10).isEmpty)
        #expect(table.nextDue() == start + .seconds(9))
    }

    @Test func `a finished job is due at its next slot, a done one never`() {
        let table = JobTable()
        hold(table, Sample.job("a"))
        _ = table.takeDue(now: start, limit: 1)
        finish(table, "a", next: start + .seconds(1))
        #expect(table.nextDue() == start + .seconds(1))
        _ = table.takeDue(now: start + .seconds(1), limit: 1)
        finish(table, "a", next: nil)
        #expect(table.nextDue() == nil)
    }

    @Test func `a cron without a slot is taken at once and moved to its next one`() throws {
        let table = JobTable()
        let zone = ZoneRules.utc
        let cron = CronSchedule(expression: try CronExpression("0 * * * *", job: Sample.name("a")), zone: zone)
        func job(_ edit: (inout Job) -> Void = { _ in }) -> Job {
            Sample.job("a", nextRunAt: nil) {
                $0.schedule = .cron(cron)
                edit(&$0)
            }
        }
        hold(table, job { $0.endAt = start })
        #expect(table.nextDue() == nil, "its slots are over")
        hold(table, job { $0.isEnabled = false }, edition: 1)
        #expect(table.nextDue() == nil)
        hold(table, job(), edition: 2)
        let taken = table.takeDue(now: start, limit: 1)
        var random = SystemRandomNumberGenerator()
        let plan = DispatchPlan(
            taken, activity: [:], begun: [:], now: start, settings: EngineSettings(),
            ids: IdentifierGenerator(random: &random))
        let next = try #require(cron.next(after: start))
        #expect(plan.batch.runs.isEmpty)
        #expect(plan.batch.steps.map(\.from) == [nil] && plan.batch.steps.map(\.to) == [next])
        table.finish(plan.outcomes(advanced: [Sample.name("a")], now: start))
        #expect(table.nextDue() == next)
        #expect(table.job(Sample.name("a"))?.job.nextRunAt == next)
    }

    @Test func `disabled jobs are held but not due`() {
        let table = JobTable()
        hold(table, Sample.job("a") { $0.isEnabled = false })
        #expect(table.count == 1)
        #expect(table.nextDue() == nil)
    }

    @Test func `an edit of nextRunAt moves the armed slot`() {
        let table = JobTable()
        hold(table, Sample.job("a", nextRunAt: start + .seconds(100)))
        hold(table, Sample.job("a", nextRunAt: start + .seconds(1)), edition: 1)
        #expect(table.nextDue() == start + .seconds(1))
        hold(table, Sample.job("a", nextRunAt: start + .seconds(50)), edition: 2)
        #expect(table.takeDue(now: start + .seconds(10), limit: 10).isEmpty)
        #expect(table.nextDue() == start + .seconds(50))
    }

    @Test func `an edit that no edition counts is to be accounted for at once, from the job as it was`() {
        let table = JobTable()
        let first = Sample.job("a", nextRunAt: start + .seconds(100))
        hold(table, first)
        hold(table, Sample.job("a", nextRunAt: start + .seconds(50)))
        hold(table, Sample.job("a", every: .seconds(7), nextRunAt: start + .seconds(50)))
        let batch = table.takeDue(now: start, limit: 10)
        #expect(batch.map(\.held.replaced) == [first])
        var outcome = BatchOutcome(name: Sample.name("a"), lockEpoch: 1)
        let edited = Sample.job("a", every: .seconds(7), nextRunAt: start + .seconds(50))
        outcome.accountedFor = owned(edited, edition: 1)
        outcome.next = BatchOutcome.Next(slot: start + .seconds(50))
        // Edited once more, before the first edit was accounted for: read with the edition of then, or of now.
        hold(table, Sample.job("a", every: .seconds(8), nextRunAt: start + .seconds(50)))
        table.finish([outcome])
        #expect(table.takeDue(now: start, limit: 10).map(\.held.replaced) == [edited])
    }

    @Test func `an edit of what does not move slots, or through the API, needs no account`() {
        let table = JobTable()
        hold(table, Sample.job("a", nextRunAt: start + .seconds(9)))
        hold(table, Sample.job("a", nextRunAt: start + .seconds(9)) { $0.jitter = .seconds(3) })
        hold(table, Sample.job("a", every: .seconds(7), nextRunAt: start + .seconds(8)), edition: 1)
        #expect(table.takeDue(now: start, limit: 10).isEmpty)
        #expect(table.takeDue(now: start + .seconds(20), limit: 10).map(\.held.replaced) == [nil])
    }

    @Test func `a step of our own whose answer was lost is no edit`() {
        let table = JobTable()
        hold(table, Sample.job("a"))
        _ = table.takeDue(now: start, limit: 1)
        var outcome = BatchOutcome(name: Sample.name("a"), lockEpoch: 1)
        outcome.wasRefused = true
        outcome.triedSlots = [start + .seconds(1), start + .seconds(2)]
        table.finish([outcome])
        hold(table, Sample.job("a", nextRunAt: start + .seconds(1)))
        #expect(table.takeDue(now: start + .seconds(1), limit: 1).map(\.held.replaced) == [nil])
    }

    @Test func `a read from before a batch does not turn the slot back`() {
        let table = JobTable()
        hold(table, Sample.job("a"))
        let tick = table.tick
        _ = table.takeDue(now: start, limit: 1)
        finish(table, "a", next: start + .seconds(1))
        _ = table.hold(owned(Sample.job("a")), missedBefore: start, now: start, readAt: tick)
        #expect(table.nextDue() == start + .seconds(1))
    }

    @Test func `a read from before an edit was accounted for does not bring the old definition back`() {
        let table = JobTable()
        let minutes = Sample.job("a") { $0.schedule = .every(.seconds(60)) }
        let seconds = Sample.job("a") { $0.schedule = .every(.seconds(1)) }
        hold(table, minutes)
        hold(table, seconds)
        let tick = table.tick
        _ = table.takeDue(now: start, limit: 1)
        var outcome = BatchOutcome(name: Sample.name("a"), lockEpoch: 1)
        outcome.next = BatchOutcome.Next(slot: start + .seconds(1))
        outcome.accountedFor = owned(
            Sample.job("a", nextRunAt: start + .seconds(1)) { $0.schedule = .every(.seconds(1)) }, edition: 1)
        table.finish([outcome])
        #expect(table.hold(owned(minutes), missedBefore: start, now: start, readAt: tick) == .known)
        #expect(table.job(Sample.name("a"))?.job.schedule == .every(.seconds(1)))
        #expect(table.job(Sample.name("a"))?.edition == 1)
    }

    @Test func `an outcome of an earlier lock is ignored`() {
        let table = JobTable()
        hold(table, Sample.job("a"))
        _ = table.takeDue(now: start, limit: 1)
        hold(table, Sample.job("a"), epoch: 2)
        finish(table, "a", next: start + .seconds(1))
        #expect(table.nextDue() == start)
        #expect(table.holds(Sample.name("a"), epoch: 2))
        #expect(!table.holds(Sample.name("a"), epoch: 1))
    }

    @Test func `a dropped job is neither due nor released`() {
        let table = JobTable()
        hold(table, Sample.job("a"))
        table.requestRelease(Sample.name("a"))
        table.drop([Sample.name("a")])
        #expect(table.nextDue() == nil)
        #expect(table.takeDue(now: start + .seconds(5), limit: 10).isEmpty)
    }

    @Test func `a release that is asked for while the job is busy comes after its batch`() {
        let table = JobTable()
        hold(table, Sample.job("a"))
        _ = table.takeDue(now: start, limit: 1)
        table.requestRelease(Sample.name("a"))
        #expect(table.takeDue(now: start, limit: 10).isEmpty)
        finish(table, "a", next: start + .seconds(1))
        let batch = table.takeDue(now: start, limit: 10)
        #expect(batch.map(\.held.name.text) == ["a"])
        #expect(batch.map(\.isDue) == [false])
    }

    @Test func `enabling a job notes since when its slots count again`() {
        let table = JobTable()
        hold(table, Sample.job("a") { $0.isEnabled = false })
        hold(table, Sample.job("a"), at: start + .seconds(5))
        let batch = table.takeDue(now: start + .seconds(5), limit: 1)
        #expect(batch.first?.held.disabledUntil == start + .seconds(5))
    }

    @Test func `a slot that is set together with enabling is not one that fell due while disabled`() {
        let table = JobTable()
        hold(table, Sample.job("a") { $0.isEnabled = false })
        hold(table, Sample.job("a", nextRunAt: start + .seconds(4)), at: start + .seconds(5))
        let batch = table.takeDue(now: start + .seconds(5), limit: 1)
        #expect(batch.first?.held.disabledUntil == nil)
        #expect(batch.first?.held.owned.job.nextRunAt == start + .seconds(4))
    }

    @Test func `a release that is asked for while a slot is due is not forgotten`() {
        let table = JobTable()
        hold(table, Sample.job("a"))
        table.requestRelease(Sample.name("a"))
        let batch = table.takeDue(now: start, limit: 1)
        #expect(batch.map(\.isDue) == [true])
        #expect(batch.map(\.wantsRelease) == [true])
        #expect(batch.map(\.needsCounts) == [true])
    }

    @Test func `releases are asked for again while runs may be waiting, and not where none is`() {
        let table = JobTable()
        hold(table, Sample.job("a", nextRunAt: start + .seconds(9)))
        table.requestReleases()
        #expect(table.takeDue(now: start, limit: 10).map(\.wantsRelease) == [true])
        var outcome = BatchOutcome(name: Sample.name("a"), lockEpoch: 1)
        outcome.mayHaveWaiting = false
        table.finish([outcome])
        table.requestReleases()
        #expect(table.takeDue(now: start, limit: 10).isEmpty)
    }

    @Test func `a job in trouble is not taken before its time`() {
        let table = JobTable()
        hold(table, Sample.job("a"))
        _ = table.takeDue(now: start, limit: 1)
        var outcome = BatchOutcome(name: Sample.name("a"), lockEpoch: 1)
        outcome.retryAt = start + .seconds(3)
        table.finish([outcome])
        #expect(table.nextDue() == start + .seconds(3))
    }

    private func refuse(_ table: JobTable, _ name: String) {
        var outcome = BatchOutcome(name: Sample.name(name), lockEpoch: 1)
        outcome.wasRefused = true
        outcome.retryAt = start + .seconds(9)
        table.finish([outcome])
    }

    @Test func `a refused job is not taken until it was read again`() {
        let table = JobTable()
        hold(table, Sample.job("a"))
        _ = table.takeDue(now: start, limit: 1)
        let tick = table.tick
        table.requestRelease(Sample.name("a"))
        refuse(table, "a")
        #expect(table.takeDue(now: start + .seconds(60), limit: 10).isEmpty)
        // What was read before it was refused says nothing.
        _ = table.hold(
            owned(Sample.job("a", nextRunAt: start + .seconds(1))), missedBefore: start, now: start, readAt: tick)
        #expect(table.nextDue() == nil)
        hold(table, Sample.job("a", nextRunAt: start + .seconds(1)))
        // What is new is tried at once.
        let batch = table.takeDue(now: start + .seconds(1), limit: 10)
        #expect(batch.map(\.held.owned.job.nextRunAt) == [start + .seconds(1)])
        #expect(batch.map(\.wantsRelease) == [true])
    }

    @Test func `a refused job that is as it was goes on, and keeps since when it is enabled`() {
        let table = JobTable()
        hold(table, Sample.job("a") { $0.isEnabled = false })
        hold(table, Sample.job("a"), at: start + .seconds(5))
        _ = table.takeDue(now: start + .seconds(5), limit: 1)
        refuse(table, "a")
        hold(table, Sample.job("a"), at: start + .seconds(6))
        #expect(table.nextDue() == start + .seconds(9))
        #expect(table.takeDue(now: start + .seconds(9), limit: 1).map(\.held.disabledUntil) == [start + .seconds(5)])
    }
}
