// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Glibc
import RabbitMQTestSupport
import Shared
import TestSupport

@testable import RabbitMQBus

/// A worker at a real broker: blocking calls on a thread of its own.
actor RabbitMQWorker: BusWorker {
    private nonisolated let thread = PollingThread(name: "test-worker")
    private let link: BrokerLink
    private var next: UInt64 = 0
    private var assembler = ContentAssembler()
    private var received: [String: [(MessageProperties, [UInt8])]] = [:]

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe thread.asUnownedSerialExecutor() }

    init(_ settings: RabbitMQSettings) throws {
        link = try BrokerLink.open(settings, guardedBy: SocketGuard())
        try link.send(.openChannel, channel: 1)
    }

    /// Sends methods and waits for their answers; a refusal is an error.
    func perform(_ methods: [OutboundMethod]) throws {
        try openIfNeeded()
        for method in methods {
            try link.send(method, channel: 1)
            if method.hasReply { try receive { if case .method = $0.payload { true } else { false } } }
        }
    }

    /// Declares the objects of a job or a pool.
    func declare(_ workers: WorkerAddress) throws {
        try perform(Topology.declarations(of: workers).map { OutboundMethod($0, .classic) })
    }

    func declare(_ job: JobName) throws { try declare(.job(job)) }

    func attach(_ workers: WorkerAddress) throws {
        try declare(workers)
        let queue = Topology.actionQueue(of: workers)
        try perform([.consume(queue: queue, tag: queue, needsAcks: false)])
    }

    /// How many messages wait in a queue; throws when there is none of the name, and is of no more use then.
    func depth(of queue: String) throws -> Int {
        try openIfNeeded()
        try link.send(.lookAtQueue(name: queue), channel: 1)
        var depth = 0
        try receive { frame in
            guard case .method(.queueDeclared(_, let messages)) = frame.payload else { return false }
            depth = Int(messages)
            return true
        }
        return depth
    }

    func send(_ workers: WorkerAddress, _ kind: Delivery.Kind, _ body: [UInt8], toFanout: Bool) throws {
        try openIfNeeded()
        let message = OutboundMessage(
            exchange: source(workers, kind, toFanout: toFanout), key: toFanout ? "" : kind.rawValue, body: body)
        try link.publish(message, channel: 1)
    }

    nonisolated func source(_ workers: WorkerAddress, _ kind: Delivery.Kind, toFanout: Bool) -> String {
        toFanout ? Topology.queue(of: workers, kind) : Topology.exchange(of: workers)
    }

    func actions(of workers: WorkerAddress, count: Int) throws -> [ReceivedAction] {
        let queue = Topology.actionQueue(of: workers)
        while received[queue, default: []].count < count { try receive { _ in true } }
        let taken = received[queue, default: []].prefix(count)
        received[queue, default: []].removeFirst(count)
        return taken.map { ReceivedAction(messageID: $0.0.messageID ?? "", body: $0.1) }
    }

    /// The next message of a queue that is consumed.
    func message(from queue: String) throws -> (MessageProperties, [UInt8]) {
        while received[queue, default: []].isEmpty { try receive { _ in true } }
        return received[queue, default: []].removeFirst()
    }

    func deadLetter(of workers: WorkerAddress) throws -> ReceivedDeadLetter {
        let queue = Topology.deadLetterQueue
        try perform([.consume(queue: queue, tag: queue, needsAcks: false)])
        while true {
            while let (properties, body) = received[queue, default: []].first {
                received[queue]?.removeFirst()
                let headers = Dictionary(uniqueKeysWithValues: properties.headers.map { ($0.name, $0.value) })
                func text(_ name: String) -> String? {
                    if case .text(let text)? = headers[name] { text } else { nil }
                }
                let isTheirs =
                    switch workers {
                    case .job(let name): text("x-dead-letter-job") == name.text
                    case .pool(let name): text("x-dead-letter-pool") == name.text
                    }
                guard isTheirs else { continue }
                try perform([.cancel(tag: queue)])
                return ReceivedDeadLetter(
                    body: body, reason: text("x-dead-letter-reason") ?? "",
                    kind: [.status, .heartbeat].first {
                        Topology.queue(of: workers, $0) == text("x-dead-letter-queue")
                    },
                    source: text("x-dead-letter-exchange") ?? "")
            }
            try receive { _ in true }
        }
    }

    private var isOpen = false

    private func openIfNeeded() throws {
        guard !isOpen else { return }
        isOpen = true
        try receive { if case .method(.channelOpened) = $0.payload { true } else { false } }
    }

    /// Reads frames until one is as wanted; waits in `poll`, since this thread has nothing else to do.
    private func receive(until isWanted: (InboundFrame) -> Bool) throws {
        while true {
            guard let frame = try link.receive() else {
                var watched = pollfd(fd: link.descriptor, events: Int16(POLLIN), revents: 0)
                guard poll(&watched, 1, 10_000) > 0 else { throw LinkError(reason: "the test's worker waited 10 s") }
                continue
            }
            try note(frame)
            if case .method(.deliver) = frame.payload { continue }
            if isWanted(frame) { return }
        }
    }

    private func note(_ frame: InboundFrame) throws {
        var content: ContentAssembler.Content?
        switch frame.payload {
        case .method(.deliver(let deliver)): try assembler.begin(deliver)
        case .method(.channelClosed(let close)): throw LinkError(reason: close.text)
        case .method(.connectionClosed(_, let text)): throw LinkError(reason: text)
        case .method: break
        case .header(let size, let properties): content = try assembler.header(size: size, properties: properties)
        case .body(let part): content = try assembler.body(part)
        }
        if case .delivery(let method, let properties, let body) = content {
            received[method.consumerTag, default: []].append((properties, body))
        }
    }
}
