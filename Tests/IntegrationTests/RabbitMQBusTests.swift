// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import RabbitMQTestSupport
import Shared
import TestSupport
import Testing

@testable import RabbitMQBus

extension RabbitMQIntegration {
    /// Against the broker that `SIMPLE_SCHEDULER_TEST_RABBITMQ` names.
    @Suite(
        .enabled(
            if: RabbitMQTestServer.address != nil || RabbitMQTestServer.isRequired,
            "SIMPLE_SCHEDULER_TEST_RABBITMQ is not set"),
        .timeLimit(.minutes(5)))
    struct BusTests {
        typealias Server = RabbitMQTestServer

        @Test func `it is a bus`() async throws {
            let settings = try Server.settings()
            try await exerciseBus({ Server.bus(settings) }, worker: try RabbitMQWorker(settings)) {
                try Server.uniqueJob($0)
            }
        }

        @Test func `an unbound queue makes a message unroutable, and the next publish binds it again`() async throws {
            try await withRabbitMQ { bus, worker in
                let job = try Server.uniqueJob("unbound")
                #expect(await bus.publish([exampleAction(job, 0)]) == [.confirmed])
                try await worker.perform([
                    .deleteQueue(name: Topology.actionQueue(of: job)),
                    .deleteExchange(name: Topology.actionQueue(of: job)),
                ])
                #expect(await bus.publish([exampleAction(job, 1)]) == [.unroutable])
                #expect(await bus.publish([exampleAction(job, 1)]) == [.confirmed])
                try await worker.attach(job)
                #expect(
                    try await worker.actions(of: job, count: 1).map(\.messageID) == [exampleAction(job, 1).messageID])
            }
        }

        @Test func `a deleted exchange costs its own messages only`() async throws {
            try await withRabbitMQ { bus, worker in
                let job = try Server.uniqueJob("gone")
                let other = try Server.uniqueJob("stays")
                #expect(
                    await bus.publish([exampleAction(job, 0), exampleAction(other, 0)]) == [.confirmed, .confirmed])
                try await worker.perform([.deleteExchange(name: Topology.exchange(of: job))])
                #expect(await bus.publish([exampleAction(job, 1)]) == [.unroutable])
                #expect(
                    await bus.publish([exampleAction(job, 1), exampleAction(other, 1)]) == [.confirmed, .confirmed])
                #expect(await bus.state().reconnects == 0)
            }
        }

        @Test func `a queue that was declared otherwise refuses its job only`() async throws {
            try await withRabbitMQ { bus, worker in
                let bad = try Server.uniqueJob("bad")
                let good = try Server.uniqueJob("good")
                try await worker.perform([.declareQueue(name: Topology.actionQueue(of: bad), quorum: true)])
                await bus.subscribe([bad, good])
                try await worker.attach(good)
                let outcomes = await bus.publish([
                    exampleAction(good, 0), exampleAction(bad, 0), exampleAction(good, 1),
                ])
                #expect(outcomes[0] == .confirmed)
                #expect(outcomes[2] == .confirmed)
                guard case .refused(let reason) = outcomes[1] else {
                    Issue.record("the bad job was \(outcomes[1])")
                    return
                }
                #expect(reason.contains("PRECONDITION_FAILED"))
                try await worker.send(good, .status, [7], toFanout: false)
                #expect(try await bus.reports(limit: 1).deliveries.map(\.body) == [[7]])
                let state = await bus.state()
                #expect(state.refusedJobs.keys.sorted() == [bad])
                #expect(state.reconnects == 0)
            }
        }

        @Test func `a refused job works again after it was repaired`() async throws {
            try await withRabbitMQ({ $0.refusedJobRetry = .milliseconds(300) }) { bus, worker in
                let job = try Server.uniqueJob("repaired")
                try await worker.perform([.declareQueue(name: Topology.queue(of: job, .status), quorum: true)])
                await bus.subscribe([job])
                try await eventually("the job is refused") { await bus.state().refusedJobs[job] != nil }
                try await worker.perform([.deleteQueue(name: Topology.queue(of: job, .status))])
                try await worker.attach(job)
                try await worker.send(job, .status, [1], toFanout: true)
                #expect(try await bus.reports(limit: 1).deliveries.map(\.body) == [[1]])
                #expect(await bus.state().refusedJobs.isEmpty)
            }
        }

        @Test func `a queue that is deleted under its consumer is consumed again`() async throws {
            try await withRabbitMQ { bus, worker in
                let job = try Server.uniqueJob("deleted")
                await bus.subscribe([job])
                try await worker.attach(job)
                try await worker.send(job, .status, [1], toFanout: false)
                let first = try await bus.reports(limit: 1)
                try await worker.perform([.deleteQueue(name: Topology.queue(of: job, .status))])
                await first.acknowledge()
                // Whoever declares first makes the queue again; what is sent from then on waits in it.
                try await worker.declare(job)
                try await worker.send(job, .status, [2], toFanout: false)
                try await worker.send(job, .heartbeat, [3], toFanout: false)
                var bodies: Set<[UInt8]> = []
                while bodies.count < 2 { bodies.formUnion(try await bus.reports(limit: 2).deliveries.map(\.body)) }
                #expect(bodies == [[2], [3]])
                #expect(await bus.state().reconnects == 0)
            }
        }

        @Test func `big messages arrive whole in both directions`() async throws {
            try await withRabbitMQ { bus, worker in
                let job = try Server.uniqueJob("big")
                await bus.subscribe([job])
                try await worker.attach(job)
                // 251 does not divide the size of a frame: a lost or doubled frame shows.
                let pattern = [UInt8](0..<251)
                var body: [UInt8] = []
                for _ in 0..<80_000 { body += pattern }
                try await worker.send(job, .status, body, toFanout: false)
                let batch = try await bus.reports(limit: 1)
                let delivery = try #require(batch.deliveries.first)
                #expect(Data(delivery.body) == Data(body))
                try await bus.deadLetter([DeadLetter(delivery: delivery, reason: "too big")])
                await batch.acknowledge()
                #expect(Data(try await worker.deadLetter(of: job).body) == Data(body))
            }
        }

        @Test func `thousands of messages keep their order in both directions`() async throws {
            try await withRabbitMQ({ $0.deliveryCapacity = 300 }) { bus, worker in
                let job = try Server.uniqueJob("many")
                await bus.subscribe([job])
                try await worker.attach(job)
                let actions = (0..<2000).map { exampleAction(job, $0) }
                #expect(await bus.publish(actions).allSatisfy { $0 == .confirmed })
                #expect(try await worker.actions(of: job, count: 2000).map(\.messageID) == actions.map(\.messageID))
                for number in 0..<2000 { try await worker.send(job, .status, Array("\(number)".utf8), toFanout: false) }
                var seen: [String] = []
                while seen.count < 2000 {
                    let some = try await bus.reports(limit: 500)
                    seen += some.deliveries.map { String(decoding: $0.body, as: UTF8.self) }
                    await some.acknowledge()
                }
                #expect(seen == (0..<2000).map { "\($0)" })
            }
        }

        @Test func `quorum queues work where nobody declared classic ones`() async throws {
            try await withRabbitMQ({ $0.queueType = .quorum }) { bus, worker in
                let job = try Server.uniqueJob("quorum")
                #expect(await bus.publish([exampleAction(job, 0)]) == [.confirmed])
                await bus.subscribe([job])
                try await worker.send(job, .heartbeat, [1], toFanout: true)
                #expect(try await bus.reports(limit: 1).deliveries.map(\.body) == [[1]])
            }
        }

        @Test(arguments: ["amqp://guest:wrong", "amqp://nobody:guest", "vhost"])
        func `a refused login ends run`(kind: String) async throws {
            var settings = try Server.settings()
            switch kind {
            case "vhost": settings.virtualHost = "no such host"
            case "amqp://guest:wrong": settings.password = "wrong-secret"
            default: settings.user = "nobody"
            }
            let bus = Server.bus(settings)
            let error = try await #require(throws: BusError.self) { try await bus.run() }
            #expect(error.code == .forbidden)
            #expect(!error.description.contains("wrong-secret"))
        }

        @Test func `a broker that is not there is waited for`() async throws {
            var settings = try Server.settings()
            settings.port = 1
            let bus = Server.bus(settings)
            let running = Task { try await bus.run() }
            let publishing = Task { await bus.publish([exampleAction(try Server.uniqueJob("down"), 0)]) }
            #expect(await bus.state().isConnected == false)
            running.cancel()
            try await running.value
            #expect(try await publishing.value == [.unconfirmed])
        }
    }
}
