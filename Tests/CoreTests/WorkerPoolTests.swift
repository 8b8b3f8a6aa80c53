// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@testable import Core

@Suite struct WorkerPoolTests {
    private let start = Sample.start
    private let settings = EngineSettings()
    private let pool: PoolName
    private let other: PoolName

    init() throws {
        pool = try PoolName("pool")
        other = try PoolName("other")
    }

    private func owned(_ delivery: JobDelivery, _ edit: (inout Job) -> Void = { _ in }) -> OwnedJob {
        let job = Sample.job {
            $0.delivery = delivery
            edit(&$0)
        }
        return OwnedJob(job: job, managerID: ManagerID(.zero), lockEpoch: 1)
    }

    private func action(_ run: Run, of delivery: JobDelivery) -> PendingAction? {
        PendingAction(run, of: owned(delivery), now: start, settings: settings)
    }

    @Test func `a run gets its address with the write before it is published, and keeps it`() {
        var run = Sample.run()
        run.isWaiting = true
        run.address(by: owned(.pool(pool)).job)
        #expect(run.workers == nil)
        run.isWaiting = false
        run.address(by: owned(.pool(pool)).job)
        #expect(run.workers == .pool(pool))
        run.address(by: owned(.worker).job)
        #expect(run.workers == .pool(pool))
        var own = Sample.run()
        own.address(by: owned(.worker).job)
        #expect(own.workers == .job(Sample.name()))
        var request = Sample.run()
        request.address(by: owned(.http(HTTPDelivery(url: "http://h/"))).job)
        #expect(request.workers == nil)
    }

    @Test func `what was published before there were pools stays with its job's own workers at the next attempt`() {
        var run = Sample.run { $0.publishedAt = start }
        run.beginNextAttempt()
        #expect(run.workers == .job(Sample.name()) && run.publishedAt == nil)
        var request = Sample.run {
            ($0.status, $0.startTime, $0.isByHTTP) = (.running, start, true)
        }
        request.beginNextAttempt()
        #expect(request.workers == nil)
        request.address(by: owned(.pool(pool)).job)
        #expect(request.workers == .pool(pool))
    }

    @Test func `a run that was asked for goes where its job says when somebody first looks at it`() throws {
        let asked = Run(
            id: Sample.run().id, jobName: Sample.name(), createdTime: start, scheduledTime: nil, trigger: .manual)
        let seen = RunRescue.of(asked, job: owned(.pool(pool)).job, now: start, settings: settings)
        #expect(seen.workers == .pool(pool) && seen.unpublishedAction == .run)
        let serial = owned(.pool(pool)) { $0.allowsConcurrentRuns = false }
        let queued = RunRescue.of(asked, job: serial.job, now: start, settings: settings)
        #expect(queued.isWaiting && queued.workers == nil)
    }

    @Test func `every attempt and the cancel go to the workers of the first one, wherever the job delivers now`() {
        var run = Sample.run {
            $0.workers = .pool(pool)
            $0.attempt = 2
        }
        for delivery in [
            JobDelivery.pool(pool), .pool(other), .worker, .http(HTTPDelivery(url: "http://h/")),
            .amqp(AMQPDelivery(exchange: "e", routingKey: Template(plain: "k"))),
        ] {
            let action = action(run, of: delivery)
            #expect(action?.message.workers == .pool(pool) && action?.outlet == .workers, "\(delivery)")
            #expect(action?.request == nil && action?.outgoing == nil)
        }
        run.status = .cancelling
        run.cancelledAt = start
        #expect(action(run, of: .worker)?.message.workers == .pool(pool))
        #expect(action(run, of: .worker)?.message.action == .cancel)
    }

    @Test func `what waits follows an edit, what was released does not`() throws {
        var random = SplitMix(seed: 1)
        let ids = IdentifierGenerator(random: &random)
        let waiting = Sample.run { $0.isWaiting = true }
        let serial = owned(.pool(other)) { $0.allowsConcurrentRuns = false }
        var held = HeldJob(owned: serial, missedBefore: .earliest, heldSince: start)
        held.mayHaveBegun = false
        var activity = JobActivity(active: 0, pending: 1, waiting: 1)
        activity.oldestWaiting = waiting
        let plan = DispatchPlan(
            [TakenJob(held: held, isDue: false, wantsRelease: true)], activity: [Sample.name(): activity], begun: [:],
            now: start, settings: settings, ids: ids)
        #expect(plan.releases.map(\.after.workers) == [.pool(other)])
        // Released once, and told to wait again after a crash.
        var again = waiting
        again.workers = .pool(pool)
        activity.oldestWaiting = again
        let second = DispatchPlan(
            [TakenJob(held: held, isDue: false, wantsRelease: true)], activity: [Sample.name(): activity], begun: [:],
            now: start, settings: settings, ids: ids)
        #expect(second.releases.map(\.after.workers) == [.pool(pool)])
    }

    @Test func `a fired run is stored with its address`() {
        var random = SplitMix(seed: 1)
        let ids = IdentifierGenerator(random: &random)
        let held = HeldJob(owned: owned(.pool(pool)), missedBefore: .earliest, heldSince: start)
        let plan = DispatchPlan(
            [TakenJob(held: held, isDue: true, wantsRelease: false)], activity: [:], begun: [:], now: start,
            settings: settings, ids: ids)
        #expect(plan.batch.runs.map(\.workers) == [.pool(pool)])
    }

    private func fold(
        _ run: Run, from workers: WorkerAddress, saying jobName: JobName?
    ) -> (verdict: RunReport.Verdict?, reasons: [String]) {
        var fold = ReportFold([run], settings: settings, now: start)
        var message = WorkerMessage(runID: run.id, content: .status(.completed))
        message.jobName = jobName
        let verdict = fold.add(message, Delivery(from: workers, kind: .status, body: []), job: owned(.worker).job)
        return (verdict, fold.letters.map(\.reason))
    }

    @Test func `a pool speaks of its own runs only, by their own jobs`() {
        let run = Sample.run {
            $0.workers = .pool(pool)
            $0.publishedAt = start
        }
        #expect(fold(run, from: .pool(pool), saying: run.jobName) == (.applied, []))
        #expect(fold(run, from: .pool(pool), saying: nil) == (.applied, []))
        #expect(
            fold(run, from: .pool(pool), saying: Sample.name("other")) == (nil, ["jobName is not that of the run"]))
        let reason = "the run is not with the workers of this queue"
        #expect(fold(run, from: .pool(other), saying: run.jobName) == (nil, [reason]))
        #expect(fold(run, from: .job(run.jobName), saying: run.jobName) == (nil, [reason]))
        // From before there were pools, or put there by hand.
        let old = Sample.run { $0.publishedAt = start }
        #expect(fold(old, from: .job(old.jobName), saying: old.jobName) == (.applied, []))
        #expect(fold(old, from: .pool(pool), saying: old.jobName) == (.applied, []))
        #expect(fold(old, from: .pool(pool), saying: Sample.name("other")).verdict == nil)
    }
}
