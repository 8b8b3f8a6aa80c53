// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Logging
import Shared
import TestSupport
import Testing

@testable import RabbitMQBus

extension RabbitMQIntegration {
    /// Faults that rabbitmqctl causes; `SIMPLE_SCHEDULER_TEST_RABBITMQCTL` says how to run it.
    @Suite(
        .enabled(
            if: RabbitMQTestServer.address != nil && RabbitMQTestServer.control != nil,
            "SIMPLE_SCHEDULER_TEST_RABBITMQCTL is not set"),
        .timeLimit(.minutes(5)))
    struct FaultTests {
        typealias Server = RabbitMQTestServer

        @Test func `closed connections lose nothing that was published`() async throws {
            try await withRabbitMQ { bus, worker in
                let job = try Server.uniqueJob("closed")
                try await worker.declare(job)
                await bus.subscribe([job])
                let closing = Task {
                    try await Server.rabbitmqctl("close_all_connections", "for the test")
                }
                var open = (0..<3000).map { exampleAction(job, $0) }
                while !open.isEmpty {
                    try await bus.ready()
                    let batch = open.prefix(50)
                    let outcomes = await bus.publish(Array(batch))
                    let isLate = await bus.state().reconnects > 0
                    open.removeFirst(batch.count)
                    open += zip(batch, outcomes).filter { $0.1 != .confirmed }.map(\.0)
                    // Keeps publishing until the fault has come.
                    if open.isEmpty, !isLate { open = [exampleAction(job, 2999)] }
                }
                try await closing.value
                let other = try RabbitMQWorker(try Server.settings())
                try await other.attach(job)
                var ids: Set<String> = []
                while ids.count < 3000 {
                    ids.formUnion(try await other.actions(of: job, count: 1).map(\.messageID))
                }
                #expect(await bus.state().reconnects > 0)
                try await other.send(job, .status, [1], toFanout: false)
                #expect(try await bus.reports(limit: 1).deliveries.map(\.body) == [[1]])
            }
        }

        @Test func `a bus that only announces asks a broker that refuses it again`() async throws {
            let host = "late-\(UUID())"
            var settings = try Server.settings()
            settings.virtualHost = host
            let (warned, warning) = AsyncStream<Never>.makeStream()
            let logger = Logger(label: "test") { _ in FirstWarning(continuation: warning) }
            let bus = RabbitMQBus(settings: settings, onlyAnnounces: true, logger: logger)
            let running = Task { try await bus.run() }
            for await _ in warned {}
            try await Server.rabbitmqctl("add_vhost", host)
            try await Server.rabbitmqctl("set_permissions", "-p", host, settings.user, ".*", ".*", ".*")
            try await bus.ready()
            #expect(await bus.state().isConnected)
            running.cancel()
            try await running.value
            try await Server.rabbitmqctl("delete_vhost", host)
        }

        @Test func `a memory alarm blocks publishing, not consuming`() async throws {
            try await withRabbitMQ { bus, worker in
                let job = try Server.uniqueJob("alarm")
                #expect(await bus.publish([exampleAction(job, 0)]) == [.confirmed])
                try await worker.declare(job)
                for number in 0..<5 { try await worker.send(job, .status, [UInt8(number)], toFanout: false) }
                try await Server.rabbitmqctl("set_vm_memory_high_watermark", "absolute", "1MB")
                do {
                    let publishing = Task { await bus.publish([exampleAction(job, 1)]) }
                    while await bus.state().blockedReason == nil { try await Task.sleep(for: .milliseconds(10)) }
                    let waiting = Task { await bus.publish([exampleAction(job, 2)]) }
                    await bus.subscribe([job])
                    var seen: [[UInt8]] = []
                    while seen.count < 5 {
                        let some = try await bus.reports(limit: 10)
                        seen += some.deliveries.map(\.body)
                        await some.acknowledge()
                    }
                    #expect(seen == [[0], [1], [2], [3], [4]])
                    #expect(await bus.state().blockedReason != nil)
                    try await Server.rabbitmqctl("set_vm_memory_high_watermark", "0.4")
                    #expect(await publishing.value == [.confirmed])
                    #expect(await waiting.value == [.confirmed])
                } catch {
                    try await Server.rabbitmqctl("set_vm_memory_high_watermark", "0.4")
                    throw error
                }
                try await bus.ready()
                #expect(await bus.state().blockedReason == nil)
                #expect(await bus.state().reconnects == 0)
            }
        }
    }
}

/// Ends a stream at the first warning.
private struct FirstWarning: LogHandler {
    let continuation: AsyncStream<Never>.Continuation
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.warning

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { continuation.finish() }
}
