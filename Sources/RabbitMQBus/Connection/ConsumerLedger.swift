// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Shared

/// The consumers of one channel, two for each job or pool, from their beginning to their end.
///
/// A consumer is cancelled only once the broker has confirmed it: RabbitMQ's channel process crashes when the cancel
/// overtakes the confirmation, and the connection with it (541). No tag is used twice on a channel, for that ends the
/// connection, too (530).
struct ConsumerLedger {
    /// Where a consumer tag leads.
    struct Source: Equatable {
        let workers: WorkerAddress
        let kind: Delivery.Kind
    }

    private var sources: [String: Source] = [:]
    private var tags: [WorkerAddress: [String]] = [:]
    private var lastNumber: UInt64 = 0
    private var sendable: [OutboundMethod] = []
    /// To be begun, not sent.
    private var unsent: Set<String> = []
    /// Sent and not confirmed, in the order of asking.
    private var unconfirmed: Deque<String> = []
    /// Those of them that are wanted, and those that are to be cancelled when they are confirmed.
    private var wanted: Set<String> = []
    private var unwanted: Set<String> = []
    /// Cancels without answer, in the order of asking.
    private var cancelling: Deque<String> = []

    /// Begins to consume the two inbound queues.
    mutating func begin(_ workers: WorkerAddress) {
        for kind in [Delivery.Kind.status, .heartbeat] {
            lastNumber += 1
            let tag = "\(kind.rawValue):\(workers):\(lastNumber)"
            sources[tag] = Source(workers: workers, kind: kind)
            tags[workers, default: []].append(tag)
            unsent.insert(tag)
            sendable.append(.consume(queue: Topology.queue(of: workers, kind), tag: tag, needsAcks: true))
        }
    }

    /// Ends the two consumers, as soon as that can be.
    mutating func end(_ workers: WorkerAddress) {
        for tag in tags.removeValue(forKey: workers) ?? [] {
            if unsent.remove(tag) != nil {
                sources[tag] = nil
            } else if wanted.remove(tag) != nil {
                unwanted.insert(tag)
            } else {
                sendable.append(.cancel(tag: tag))
            }
        }
    }

    /// What to write.
    mutating func takeSendable() -> [OutboundMethod] {
        defer { sendable = [] }
        return sendable.filter { method in
            switch method {
            case .consume(_, let tag, _):
                guard unsent.remove(tag) != nil else { return false }
                unconfirmed.append(tag)
                wanted.insert(tag)
            case .cancel(let tag): cancelling.append(tag)
            default: break
            }
            return true
        }
    }

    /// The broker confirmed the oldest unconfirmed consumer.
    mutating func confirmed() {
        guard let tag = unconfirmed.popFirst() else { return }
        wanted.remove(tag)
        if unwanted.remove(tag) != nil { sendable.append(.cancel(tag: tag)) }
    }

    /// The broker answered the oldest cancel: nothing more comes from that consumer.
    mutating func cancelled() {
        if let tag = cancelling.popFirst() { sources[tag] = nil }
    }

    /// Whose queue a delivery came from; known also for consumers that are being cancelled.
    func source(of tag: String) -> Source? { sources[tag] }

    /// Whether the consumer has not been ended.
    func isCurrent(_ tag: String) -> Bool {
        sources[tag].flatMap { tags[$0.workers] }?.contains(tag) == true
    }

    /// Those whose consumers the broker has not confirmed, in the order of asking.
    var unconfirmedWorkers: [WorkerAddress] { unconfirmed.compactMap { sources[$0]?.workers } }

    /// The channel is gone.
    mutating func removeAll() {
        self = ConsumerLedger()
    }
}
