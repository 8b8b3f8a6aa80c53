// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@testable import RabbitMQBus

extension RabbitMQIntegration {
    /// Messages to exchanges of others: what becomes of each, and that none disturbs another.
    @Suite(.enabled(if: RabbitMQTestServer.address != nil), .timeLimit(.minutes(2)))
    struct MessageTests {
        private let start = Timestamp(millisecondsSinceEpoch: 1_750_000_000_000)

        private func message(to exchange: String, key: String, _ id: String, body: [UInt8] = [1]) -> OutgoingMessage {
            OutgoingMessage(
                exchange: exchange, routingKey: key, contentType: "text/plain", id: id, timestamp: start,
                body: body)
        }

        @Test func `a message is delivered with its properties`() async throws {
            try await withRabbitMQ { bus, worker in
                let queue = try RabbitMQTestServer.uniqueJob("messages").text
                try await worker.perform([
                    .declareQueue(name: queue, quorum: false), .consume(queue: queue, tag: queue, needsAcks: false),
                ])
                var sent = message(to: "", key: queue, "one", body: Array("hello".utf8))
                sent.headers = ["text": .text("é"), "count": .int(-3), "share": .double(0.5), "truth": .bool(true)]
                sent.expiration = 60_000
                #expect(await bus.send([sent]) == [.confirmed])
                let (properties, body) = try await worker.message(from: queue)
                #expect(body == Array("hello".utf8))
                #expect(properties.messageID == "one" && properties.correlationID == "one")
                #expect(properties.expiration == "60000" && properties.isPersistent)
                #expect(properties.contentType == "text/plain")
                #expect(properties.timestamp == UInt64(start.millisecondsSinceEpoch / 1000))
                let headers = Dictionary(uniqueKeysWithValues: properties.headers.map { ($0.name, $0.value) })
                #expect(headers == sent.headers)
                try await worker.perform([.deleteQueue(name: queue)])
            }
        }

        @Test func `each is told apart, and actions go on meanwhile`() async throws {
            try await withRabbitMQ { bus, worker in
                let job = try RabbitMQTestServer.uniqueJob("actions")
                let queue = try RabbitMQTestServer.uniqueJob("messages").text
                try await worker.attach(job)
                try await worker.perform([
                    .declareQueue(name: queue, quorum: false), .declareExchange(name: queue, type: "topic"),
                    .bindQueue(queue: queue, exchange: queue, key: "here"),
                ])
                var unasked = message(to: queue, key: "nowhere", "4")
                unasked.isMandatory = false
                let messages = [
                    message(to: queue, key: "here", "1"), message(to: "no such exchange", key: "k", "2"),
                    message(to: queue, key: "nowhere", "3"), unasked, message(to: queue, key: "here", "5"),
                    message(to: "", key: "no such queue", "6"), message(to: "no such exchange", key: "k", "7"),
                ]
                async let actions = bus.publish((0..<50).map { exampleAction(job, $0) })
                let outcomes = await bus.send(messages)
                #expect(outcomes[0] == .confirmed && outcomes[2] == .unroutable && outcomes[3] == .confirmed)
                #expect(outcomes[4] == .confirmed && outcomes[5] == .unroutable)
                for index in [1, 6] {
                    guard case .refused(let reason) = outcomes[index] else {
                        Issue.record("\(outcomes[index])")
                        continue
                    }
                    #expect(reason.contains("no exchange 'no such exchange'"))
                }
                #expect(await actions == Array(repeating: .confirmed, count: 50))
                // An exchange that was there: what is on its way beside may be in doubt, and is told so.
                try await worker.perform([.deleteExchange(name: queue)])
                guard case .refused = await bus.send([message(to: queue, key: "here", "8")])[0] else {
                    Issue.record("the exchange is gone")
                    return
                }
                #expect(await bus.publish([exampleAction(job, 99)]) == [.confirmed])
                let state = await bus.state()
                #expect(state.isConnected && state.reconnects == 0)
                try await worker.perform([.deleteQueue(name: queue)])
            }
        }
    }
}
