// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Glibc
package import RabbitMQBus
package import Shared

/// The other side of the broker, as a worker sees it: plain calls on one connection and channel.
///
/// For one thread at a time. It never reconnects: every error ends its use. Publishes are pipelined and persistent;
/// nothing waits for the broker except where it is said.
package final class BrokerClient {
    let link: BrokerLink
    private let settings: RabbitMQSettings
    private let channel: UInt16 = 1
    private var assembler = ContentAssembler()
    private var ledger = ConfirmLedger<Void>()
    private var answers = 0
    private var waiting: [BrokerDelivery] = []
    private var hasConfirms = false

    /// Connects, logs in and opens a channel; with `confirms` every published message is counted until it is confirmed.
    package init(_ settings: RabbitMQSettings, confirms: Bool = false) throws(BusError) {
        self.settings = settings
        link = try Self.unwrap { () throws(LinkError) in
            try BrokerLink.open(settings)
        }
        hasConfirms = confirms
        try perform([.openChannel] + (confirms ? [.selectConfirms] : []))
    }

    /// How many published messages the broker has not confirmed yet, as far as ``receive()`` has seen.
    package var unconfirmed: Int { ledger.count }

    /// Declares the objects of these jobs over so many connections side by side, pipelined, and waits for the last
    /// answer: as fast as the broker does it.
    package static func declare(
        _ jobs: [JobName], _ settings: RabbitMQSettings, connections: Int
    ) throws(BusError) {
        var clients: [BrokerClient] = []
        for _ in 0..<connections { clients.append(try BrokerClient(settings)) }
        defer { for client in clients { client.close() } }
        for (index, job) in jobs.enumerated() {
            let methods = Topology.declarations(of: job).map { OutboundMethod($0, settings.queueType) }
            try clients[index % connections].perform(methods, mayOwe: 200)
        }
        for client in clients { try client.perform([]) }
    }

    /// Consumes one queue of each of these jobs, pipelined, without a limit of prefetched messages, and waits for the
    /// last answer; ``BrokerDelivery/consumerTag`` is then the job's name.
    package func consume(of jobs: [JobName], queue: (JobName) -> String) throws(BusError) {
        for job in jobs {
            try perform([.consume(queue: queue(job), tag: job.text, needsAcks: true)], mayOwe: 500)
        }
        try perform([])
    }

    /// The same of one queue, under a tag.
    package func consume(queue: String, tag: String) throws(BusError) {
        try perform([.consume(queue: queue, tag: tag, needsAcks: true)])
    }

    /// Deletes queues with what is in them, pipelined, and waits for the last answer.
    package func delete(queues: [String]) throws(BusError) {
        for queue in queues { try perform([.deleteQueue(name: queue)], mayOwe: 200) }
        try perform([])
    }

    /// Writes one message; waits only while the broker does not read.
    package func publish(
        exchange: String, key: String, messageID: String? = nil, body: [UInt8]
    ) throws(BusError) {
        let message = OutboundMessage(exchange: exchange, key: key, messageID: messageID, body: body)
        try Self.unwrap { [link, channel] () throws(LinkError) in try link.publish(message, channel: channel) }
        if hasConfirms { ledger.add(messageID: "", ()) }
    }

    /// Acknowledges everything delivered so far, up to and including `tag`.
    package func acknowledge(through tag: UInt64) throws(BusError) {
        try send(.acknowledge(throughTag: tag))
    }

    /// The next message that is there; never waits.
    ///
    /// To be called every second or so even by who only publishes: it serves heartbeats and takes confirms in.
    package func receive() throws(BusError) -> BrokerDelivery? {
        if !waiting.isEmpty { return waiting.removeFirst() }
        return try next()
    }

    /// Waits until there may be something to receive, at most so long.
    package func wait(atMost limit: Duration) {
        guard waiting.isEmpty else { return }
        var watched = pollfd(fd: link.descriptor, events: Int16(POLLIN), revents: 0)
        _ = unsafe poll(&watched, 1, Int32(limit.milliseconds))
    }

    /// Says goodbye.
    package func close() {
        link.close(within: .seconds(1))
    }

    private func next() throws(BusError) -> BrokerDelivery? {
        try Self.unwrap { () throws(LinkError) in
            while let frame = try link.receive() {
                if let delivery = try take(frame.payload) { return delivery }
            }
            return nil
        }
    }

    private func take(_ payload: InboundFrame.Payload) throws(LinkError) -> BrokerDelivery? {
        var content: ContentAssembler.Content?
        switch payload {
        case .method(.deliver(let deliver)): try assembler.begin(deliver)
        case .method(.published(let tag, let multiple, let isTaken)):
            guard isTaken else { throw LinkError(reason: "the broker rejected a message") }
            _ = ledger.settle(through: tag, multiple: multiple, isTaken: isTaken)
        case .method(.channelClosed(let close)): throw LinkError(reason: close.text)
        case .method(.connectionClosed(_, let text)): throw LinkError(reason: text)
        case .method(.blocked), .method(.unblocked), .method(.unknown): break
        case .method: answers += 1
        case .header(let size, let properties): content = try assembler.header(size: size, properties: properties)
        case .body(let part): content = try assembler.body(part)
        }
        guard case .delivery(let method, let properties, let body) = content else { return nil }
        return BrokerDelivery(
            tag: method.deliveryTag, consumerTag: method.consumerTag, messageID: properties.messageID, body: body)
    }

    private var owed = 0

    /// Sends methods and waits until at most `mayOwe` answers are open; messages that come meanwhile are kept.
    private func perform(_ methods: [OutboundMethod], mayOwe: Int = 0) throws(BusError) {
        for method in methods {
            try send(method)
            if method.hasReply { owed += 1 }
        }
        let end = ContinuousClock.now + .seconds(60)
        while owed - answers > mayOwe {
            if let delivery = try next() {
                waiting.append(delivery)
            } else if ContinuousClock.now > end {
                throw BusError(.unavailable, "the broker did not answer within 60 s")
            } else if owed - answers > mayOwe {
                var watched = pollfd(fd: link.descriptor, events: Int16(POLLIN), revents: 0)
                _ = unsafe poll(&watched, 1, 1000)
            }
        }
    }

    private func send(_ method: OutboundMethod) throws(BusError) {
        try Self.unwrap { [link, channel] () throws(LinkError) in try link.send(method, channel: channel) }
    }

    static func unwrap<Result>(_ body: () throws(LinkError) -> Result) throws(BusError) -> Result {
        do { return try body() } catch { throw BusError(.unavailable, error.reason) }
    }
}

/// A message as ``BrokerClient`` gets it.
package struct BrokerDelivery: Sendable {
    /// What to acknowledge.
    package let tag: UInt64
    /// Which consumer it came through.
    package let consumerTag: String
    /// AMQP property `message_id`.
    package let messageID: String?
    /// The body.
    package let body: [UInt8]
}
