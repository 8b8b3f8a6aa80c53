// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Shared
import TestSupport
import Testing

/// Jobs of the dialect `clockmonster` under faults: lost and late answers, crashes, pauses, a database that fails.
@Suite struct DialectSimulationTests {
    /// A job whose receiver fails every time, or one that has five runs.
    private func job(_ number: Int, _ world: SimWorld, isBroken: Bool) throws -> Job {
        let start = world.start + .seconds(1)
        var job = Job(name: try JobName("clockmonster-\(number)"), schedule: .once, nextRunAt: start)
        if !isBroken {
            job = Job(name: job.name, schedule: .every(.seconds(1)), nextRunAt: start)
            job.endAt = start + .seconds(4)
            (job.misfirePolicy, job.maxCatchUp) = (.all, 10_000)
        }
        var delivery = HTTPDelivery(url: "http://\(isBroken ? SimRequestSink.broken : "receiver.example")/")
        delivery.timeout = .seconds(2)
        job.delivery = .http(delivery)
        // Which is not what they go by.
        job.maxAttempts = 100
        let letter = ClockMonsterTerms.Action(
            delivery: HTTPDelivery(url: "http://letters.example/"), signingSecret: nil)
        job.dialect = .clockMonster(
            ClockMonsterTerms(
                id: Int64(number), startAt: start, iterations: isBroken ? 0 : 5,
                backoff: isBroken ? [0, 1, 1] : [Int64](repeating: 0, count: 15), deadLetter: letter))
        return job
    }

    private func history(seed: UInt64) throws -> (violations: [String], crashes: Int) {
        let world = SimWorld(seed: seed)
        let checker = InvariantChecker(world: world)
        let store = MemoryStore(now: { world.serverTime }, onChange: { checker.check($0) })
        let ids = world.random { IdentifierGenerator(random: &$0) }
        var settings = EngineSettings()
        settings.heartbeatInterval = .milliseconds(400)
        settings.heartbeatTimeout = .seconds(3)
        settings.refreshInterval = .seconds(1)
        settings.cleanupInterval = .milliseconds(500)
        settings.publishTimeout = .seconds(5)
        let end = Duration.seconds(15)
        var faults = FaultPlan(world: world, quietAfter: end)
        faults.deaths = 0.004
        let cluster = SimCluster(
            world: world, store: SimMemory(store: store, checker: checker), broker: MemoryBroker(), ids: ids,
            settings: settings, faults: faults, checker: checker
        ) {}
        for number in 1...6 { store.put(try job(number, world, isBroken: number % 2 == 0)) }
        cluster.startScheduler("scheduler-1")
        cluster.startScheduler("scheduler-2")
        cluster.startCustodian()
        var crashes = 0
        for second in stride(from: 3, to: 13, by: 5) where world.chance(0.7) {
            crashes += 1
            world.at(.seconds(second)) { cluster.anyScheduler()?.kill() }
        }
        world.run(until: .seconds(60))
        var violations = world.violations
        let (jobs, runs) = (store.snapshot().jobs, store.snapshot().runs)
        if !jobs.isEmpty { violations.append("\(jobs.map(\.id)) are still there") }
        for number in 1...6 {
            let mine = runs.filter { $0.jobName.text == "clockmonster-\(number)" }
            if number % 2 != 0 {
                if mine.map(\.status) != [RunStatus](repeating: .completed, count: 5) {
                    violations.append("job \(number): \(mine.map(\.status)) in the place of five runs")
                }
                continue
            }
            guard mine.count == 1, let run = mine.first else {
                violations.append("job \(number) has \(mine.count) runs")
                continue
            }
            // Four attempts and the dead letter; of a crash between the job's end and the run's the letter's row is missing.
            let failed = run.attempts.count { $0.status == .failed }
            if failed != 5 && !(failed == 4 && run.status == .cancelled) {
                violations.append("job \(number): \(run.status) after \(run.attempts.map(\.status))")
            }
        }
        return (violations, crashes)
    }

    @Test(.timeLimit(.minutes(3))) func `each job comes to its end, with all its runs or its dead letter`() async throws
    {
        var crashes = 0
        for seed in UInt64(1)...60 {
            await Task.yield()
            let (violations, some) = try history(seed: seed)
            crashes += some
            #expect(violations == [], "seed \(seed)")
            if !violations.isEmpty { return }
        }
        #expect(crashes > 60)
    }
}
