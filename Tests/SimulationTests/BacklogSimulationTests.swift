// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Shared
import TestSupport
import Testing

@Suite struct BacklogSimulationTests {
    /// The broker is away from 2 s on, and ten jobs that need it fire ten times a second.
    @Test func `what leaves by HTTP goes on while the broker is away`() throws {
        let world = SimWorld(seed: 2)
        let checker = InvariantChecker(world: world)
        let store = MemoryStore(now: { world.serverTime }, onChange: { checker.check($0) })
        let broker = MemoryBroker()
        let ids = world.random { IdentifierGenerator(random: &$0) }
        var settings = EngineSettings()
        settings.maxUnpublished = 100
        settings.maxRunsPerBatch = 50
        let cluster = SimCluster(
            world: world, store: SimMemory(store: store, checker: checker), broker: broker, ids: ids,
            settings: settings,
            faults: FaultPlan(world: world, quietAfter: .zero), checker: checker
        ) {}
        for number in 0..<10 {
            store.put(
                Job(
                    name: try JobName("job-\(number)"), schedule: .every(.milliseconds(100)),
                    nextRunAt: world.start + .seconds(1), allowsConcurrentRuns: true))
        }
        var job = Job(
            name: try JobName("request"), schedule: .every(.milliseconds(100)), nextRunAt: world.start + .seconds(1),
            allowsConcurrentRuns: true)
        job.delivery = .http(Simulation.delivery(timeout: 2_000))
        store.put(job)
        cluster.startScheduler("scheduler")
        world.at(.seconds(2)) { broker.takeDown() }
        world.run(until: .seconds(22))
        #expect(world.violations == [])
        let runs = store.snapshot().runs.filter { $0.jobName == job.name }
        #expect(195...215 ~= runs.count)
        #expect(runs.count { $0.status == .completed } >= runs.count - 15)
        #expect(!broker.objects.contains(.job(job.name)))
    }

    /// The broker is away from 2 s to 32 s, and ten jobs fire ten times a second.
    @Test func `with too many actions waiting for the broker firing pauses, and goes on with it`() throws {
        let world = SimWorld(seed: 1)
        let checker = InvariantChecker(world: world)
        let store = MemoryStore(now: { world.serverTime }, onChange: { checker.check($0) })
        let broker = MemoryBroker()
        let workers = SimWorkers(world: world, broker: broker, quietAfter: .zero) { checker.check($0) }
        let ids = world.random { IdentifierGenerator(random: &$0) }
        var settings = EngineSettings()
        settings.maxUnpublished = 100
        settings.maxRunsPerBatch = 50
        let cluster = SimCluster(
            world: world, store: SimMemory(store: store, checker: checker), broker: broker, ids: ids,
            settings: settings,
            faults: FaultPlan(world: world, quietAfter: .zero), checker: checker
        ) { workers.look() }
        for number in 0..<10 {
            store.put(
                Job(
                    name: try JobName("job-\(number)"), schedule: .every(.milliseconds(100)),
                    nextRunAt: world.start + .seconds(1), allowsConcurrentRuns: true))
        }
        cluster.startScheduler("scheduler")
        world.run(until: .seconds(2))
        let fired = store.snapshot().runs.count
        #expect(fired > 50)

        broker.takeDown()
        world.run(until: .seconds(10))
        let paused = store.snapshot().runs.count
        #expect(fired + 50...fired + 250 ~= paused, "\(paused - fired) runs were made for actions that have to wait")
        world.run(until: .seconds(32))
        #expect(store.snapshot().runs.count == paused)

        broker.bringUp()
        world.run(until: .seconds(40))
        #expect(world.violations == [])
        #expect(store.snapshot().runs.prefix(paused).allSatisfy { checker.wasPublished($0.id) })
        for job in store.snapshot().jobs {
            let (slots, skipped) = checker.outcomes(of: try JobName("\(job.id)"))
            let missed = skipped.filter { $0.reason == .misfire }.reduce(0) { $0 + $1.count }
            #expect(missed > 250 && 385...391 ~= Int64(slots.count) + missed, "\(slots.count) fired, \(skipped)")
        }
    }
}
