// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import RabbitMQTestSupport
import Shared
import TestSupport
import Testing

@testable import RabbitMQBus

extension RabbitMQIntegration {
    /// What the objects of one job make the broker refuse costs no connection and no other job.
    @Suite(
        .enabled(
            if: RabbitMQTestServer.address != nil && RabbitMQTestServer.control != nil,
            "SIMPLE_SCHEDULER_TEST_RABBITMQCTL is not set"),
        .timeLimit(.minutes(5)))
    struct RefusalTests {
        typealias Server = RabbitMQTestServer

        /// Runs `body` in a virtual host of its own.
        private func inVirtualHost(
            _ options: [String] = [], _ change: (inout RabbitMQSettings) -> Void = { _ in },
            _ body: (String, RabbitMQBus, RabbitMQWorker) async throws -> Void
        ) async throws {
            let host = "test-\(String(UInt64.random(in: 0 ... .max), radix: 36))"
            try await Server.rabbitmqctl(["add_vhost", host] + options)
            let user = try Server.settings().user
            try await Server.rabbitmqctl("set_permissions", "-p", host, user, ".*", ".*", ".*")
            var failure: (any Error)?
            do {
                try await withRabbitMQ({ settings in
                    change(&settings)
                    settings.virtualHost = host
                }) { bus, worker in try await body(host, bus, worker) }
            } catch { failure = error }
            try await Server.rabbitmqctl("delete_vhost", host)
            if let failure { throw failure }
        }

        /// Both directions of a job, over connections that were never lost.
        private func expectFlow(
            _ bus: RabbitMQBus, _ worker: RabbitMQWorker, _ job: JobName, _ number: Int
        ) async throws {
            #expect(await bus.publish([exampleAction(job, number)]) == [.confirmed])
            try await worker.send(job, .status, [UInt8(truncatingIfNeeded: number)], toFanout: false)
            let batch = try await bus.reports(limit: 1)
            #expect(batch.deliveries.map(\.body) == [[UInt8(truncatingIfNeeded: number)]])
            await batch.acknowledge()
            let state = await bus.state()
            #expect(state.isConnected)
            #expect(state.reconnects == 0)
        }

        @Test(arguments: [QueueType.classic, .quorum])
        func `where the default is quorum, a job's objects go when drained`(type: QueueType) async throws {
            try await inVirtualHost(["--default-queue-type", "quorum"], { $0.queueType = type }) { host, bus, worker in
                let job = try Server.uniqueJob("gone")
                let other = try Server.uniqueJob("stays")
                await bus.subscribe([other])
                try await worker.declare(other)
                try await worker.declare(job)
                try await worker.send(job, .status, [1], toFanout: false)
                while try await worker.depth(of: Topology.queue(of: job, .status)) == 0 { await Task.yield() }
                #expect(await bus.release([job]) == [.reportsWaiting])
                await bus.drain([job])
                let left = try await bus.reports(limit: 1)
                #expect(left.deliveries.map(\.body) == [[1]])
                await left.acknowledge()
                await bus.unsubscribe([job])
                #expect(await bus.release([job]) == [.released])
                #expect(await bus.release([job]) == [.released])
                for queue in Topology.names(of: job).subtracting([Topology.exchange(of: job)]) {
                    let looker = try RabbitMQWorker(try Server.settings { $0.virtualHost = host })
                    await #expect(throws: LinkError.self) { try await looker.depth(of: queue) }
                }
                try await expectFlow(bus, worker, other, 2)
            }
        }

        @Test func `what cannot be removed says why, and the others go`() async throws {
            try await inVirtualHost { host, bus, worker in
                let kept = try Server.uniqueJob("kept")
                let gone = try Server.uniqueJob("gone")
                let other = try Server.uniqueJob("other")
                await bus.subscribe([other])
                for job in [kept, gone, other] { try await worker.declare(job) }
                try await Server.rabbitmqctl(
                    "set_permissions", "-p", host, try Server.settings().user, #"^(?!scheduler\.job\.kept).*"#, ".*",
                    ".*")
                let outcomes = await bus.release([kept, gone])
                guard case .refused(let reason) = outcomes[0] else {
                    Issue.record("the one without rights was \(outcomes[0])")
                    return
                }
                #expect(reason.contains("ACCESS_REFUSED"))
                #expect(outcomes[1] == .released)
                try await expectFlow(bus, worker, other, 1)
            }
        }

        @Test func `a full queue nacks its own messages only`() async throws {
            try await inVirtualHost { host, bus, worker in
                try await Server.rabbitmqctl(
                    "set_policy", "-p", host, "--apply-to", "queues", "full", "full.*action$",
                    #"{"max-length":0,"overflow":"reject-publish"}"#)
                let full = try Server.uniqueJob("full")
                let other = try Server.uniqueJob("other")
                await bus.subscribe([other])
                try await worker.declare(other)
                #expect(await bus.publish([exampleAction(full, 1), exampleAction(other, 9)]) == [.nacked, .confirmed])
                try await expectFlow(bus, worker, other, 1)
            }
        }

        @Test func `a virtual host full of queues refuses the new job`() async throws {
            try await inVirtualHost { host, bus, worker in
                let first = try Server.uniqueJob("first")
                await bus.subscribe([first])
                try await worker.declare(first)
                try await expectFlow(bus, worker, first, 1)
                try await Server.rabbitmqctl("set_vhost_limits", "-p", host, #"{"max-queues": 5}"#)
                let second = try Server.uniqueJob("second")
                await bus.subscribe([second])
                guard case .refused(let reason) = await bus.publish([exampleAction(second, 1)])[0] else {
                    Issue.record("it was not refused")
                    return
                }
                #expect(reason.contains("queue limit"))
                try await expectFlow(bus, worker, first, 2)
            }
        }

        @Test func `who made the broker close the channel goes apart until all is well`() async throws {
            try await inVirtualHost([], { $0.refusedJobRetry = .milliseconds(300) }) { host, bus, worker in
                let user = try Server.settings().user
                let bad = try Server.uniqueJob("bad")
                let others = try (0..<20).map { try Server.uniqueJob("other-\($0)") }
                // RabbitMQ quotes the topic before the exchange.
                try await Server.rabbitmqctl(
                    "set_topic_permissions", "-p", host, user, Topology.exchange(of: bad), "^none$", ".*")
                guard case .refused(let reason) = await bus.publish([exampleAction(bad, 1)])[0] else {
                    Issue.record("it was not refused")
                    return
                }
                #expect(reason.contains("access to topic 'action'"))
                // Long enough for several tries of the bad one: none of them hits the channel of the others.
                let end = ContinuousClock.now + .seconds(2)
                var round = 2
                while ContinuousClock.now < end {
                    let outcomes = await bus.publish(([bad] + others).map { exampleAction($0, round) })
                    guard case .refused = outcomes[0] else {
                        Issue.record("the bad one was \(outcomes[0])")
                        return
                    }
                    #expect(outcomes.dropFirst().allSatisfy { $0 == .confirmed })
                    round += 1
                }
                try await Server.rabbitmqctl("clear_topic_permissions", "-p", host, user)
                while await bus.publish([exampleAction(bad, 1)]) != [.confirmed] { await Task.yield() }
                await bus.subscribe([others[0]])
                try await expectFlow(bus, worker, others[0], round)
                #expect(await bus.state().refusedJobs.isEmpty)
            }
        }

        @Test func `consumers that are given up at once cost no connection`() async throws {
            try await withRabbitMQ { bus, worker in
                let other = try Server.uniqueJob("other")
                let hasty = try (0..<30).map { try Server.uniqueJob("hasty-\($0)") }
                for job in hasty + [other] { try await worker.declare(job) }
                #expect(await bus.publish(hasty.map { exampleAction($0, 0) }).allSatisfy { $0 == .confirmed })
                await bus.subscribe([other])
                for number in 0..<20 {
                    await bus.drain(hasty)
                    try await expectFlow(bus, worker, other, number)
                    await bus.unsubscribe(hasty)
                }
            }
        }

        @Test(arguments: 0..<3) func `a right that is missing costs its job only`(missing: Int) async throws {
            try await inVirtualHost([], { $0.refusedJobRetry = .milliseconds(100) }) { host, bus, worker in
                let bad = try Server.uniqueJob("bad")
                let other = try Server.uniqueJob("other")
                try await worker.declare(bad)
                try await worker.declare(other)
                let user = try Server.settings().user
                var rights = [".*", ".*", ".*"]
                rights[missing] = #"^(?!scheduler\.job\.bad).*"#
                try await Server.rabbitmqctl(["set_permissions", "-p", host, user] + rights)
                await bus.subscribe([bad, other])
                guard case .refused(let reason) = await bus.publish([exampleAction(bad, 1)])[0] else {
                    Issue.record("it was not refused")
                    return
                }
                #expect(reason.contains("ACCESS_REFUSED"))
                try await expectFlow(bus, worker, other, 1)
                await bus.unsubscribe([bad])
                let outcome = await bus.release([bad])
                if missing > 0 { #expect(outcome == [.released]) }
                try await expectFlow(bus, worker, other, 2)
            }
        }
    }
}
