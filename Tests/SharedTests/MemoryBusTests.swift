// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@Suite struct MemoryBusTests {
    private let broker = MemoryBroker()
    private let job: JobName

    init() throws {
        job = try JobName("job")
    }

    private func running(_ bus: MemoryBus) async throws -> MemoryBus {
        Task { try await bus.run() }
        try await bus.ready()
        return bus
    }

    @Test(.timeLimit(.minutes(1)))
    func `it is a bus`() async throws {
        let broker = broker
        try await exerciseBus({ broker.bus() }, worker: MemoryBusWorker(broker)) { try JobName($0) }
    }

    @Test func `a lost connection loses the rest of the batch`() async throws {
        let bus = try await running(broker.bus())
        broker.loseConnection(atPublish: 2, arrives: true)
        let outcomes = await bus.publish((0..<4).map { exampleAction(job, $0) })
        #expect(outcomes == [.confirmed, .unconfirmed, .unconfirmed, .unconfirmed])
        #expect(broker.actions.count == 2)
        #expect(await bus.publish([exampleAction(job, 1)]) == [.confirmed])
        #expect(broker.actions.map(\.messageID) == [0, 1, 1].map { exampleAction(job, $0).messageID })
        #expect(await bus.state().reconnects == 1)
    }

    @Test func `a lost connection may lose the message as well`() async throws {
        let bus = try await running(broker.bus())
        broker.loseConnection(atPublish: 1, arrives: false)
        #expect(await bus.publish([exampleAction(job, 0)]) == [.unconfirmed])
        #expect(broker.actions.isEmpty)
    }

    @Test func `what a killed process had goes to the next one`() async throws {
        let dead = try await running(broker.bus())
        let heir = try await running(broker.bus())
        await dead.subscribe([job])
        await heir.subscribe([job])
        broker.workerSend(job, .status, [1], copies: 2)
        let lost = try await dead.reports(limit: 1)
        #expect(lost.deliveries.count == 1)
        dead.kill()
        let inherited = try await heir.reports(limit: 10)
        #expect(inherited.deliveries.map(\.body) == [[1], [1]])
        await lost.acknowledge()
        #expect(broker.unacknowledged == 2)
        await inherited.acknowledge()
        #expect(broker.unacknowledged == 0)
        #expect(await dead.publish([exampleAction(job, 0)]) == [.unconfirmed])
    }

    @Test func `batches of a connection before are void`() async throws {
        let bus = try await running(broker.bus())
        await bus.subscribe([job])
        broker.workerSend(job, .heartbeat, [1])
        let old = try await bus.reports(limit: 1)
        broker.takeDown()
        #expect(await bus.publish([exampleAction(job, 0)]) == [.unconfirmed])
        broker.bringUp()
        try await bus.ready()
        await old.acknowledge()
        let again = try await bus.reports(limit: 1)
        #expect(again.deliveries.map(\.body) == [[1]])
        #expect(try await bus.nextHint() == nil)
        #expect(try await bus.nextHint() == nil)
        #expect(await bus.state().reconnects == 1)
    }

    @Test func `held deliveries come in the order that the test wants`() async throws {
        let bus = try await running(broker.bus())
        await bus.subscribe([job])
        broker.holdDeliveries()
        for number in 0..<3 { broker.workerSend(job, .status, [UInt8(number)]) }
        broker.releaseDeliveries { $0.reverse() }
        #expect(try await bus.reports(limit: 10).deliveries.map(\.body) == [[2], [1], [0]])
        broker.redeliver()
        #expect(try await bus.reports(limit: 10).deliveries.map(\.body) == [[0], [1], [2]])
    }

    @Test func `a refused job and an unbound queue show in the outcomes`() async throws {
        let bus = try await running(broker.bus())
        await bus.subscribe([job])
        broker.refuse(job, reason: "declared otherwise")
        #expect(await bus.publish([exampleAction(job, 0)]) == [.refused("declared otherwise")])
        #expect(await bus.state().refusedJobs == [job: "declared otherwise"])
        broker.accept(job)
        broker.unbind(job)
        #expect(await bus.publish([exampleAction(job, 0)]) == [.unroutable])
        #expect(await bus.publish([exampleAction(job, 0)]) == [.confirmed])
    }

    @Test func `held confirms are given up when the process dies`() async throws {
        let bus = try await running(broker.bus())
        broker.holdConfirms()
        let publishing = Task { await bus.publish([exampleAction(job, 0)]) }
        try await eventually("something is published") { broker.publishes > 0 }
        bus.kill()
        #expect(await publishing.value == [.unconfirmed])
        #expect(broker.actions.count == 1)
    }
}
