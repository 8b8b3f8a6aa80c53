// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Shared
import TestSupport
import Testing

@Suite struct BacklogSimulationTests {
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
            world: world, store: store, broker: broker, ids: ids, settings: settings,
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
