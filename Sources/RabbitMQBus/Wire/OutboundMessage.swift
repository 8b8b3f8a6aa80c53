// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A message on its way to an exchange.
package struct OutboundMessage {
    let exchange: String
    let routingKey: String
    /// Asks for its return when no queue takes it.
    var isMandatory = true
    let properties: MessageProperties
    let body: [UInt8]
}

/// The properties of a message that we read or write; the others are left out.
package struct MessageProperties: Equatable {
    var contentType: String?
    var contentEncoding: String?
    /// What a sender names it by.
    package var messageID: String?
    /// Survives a restart of the broker.
    var isPersistent = true
    var correlationID: String?
    /// Milliseconds, as a text.
    var expiration: String?
    /// Seconds since 1970.
    var timestamp: UInt64?
    var type: String?
    /// In the order on the wire; those of other kinds are left out.
    var headers: [(name: String, value: OutgoingMessage.Header)] = []

    package static func == (left: Self, right: Self) -> Bool {
        left.contentType == right.contentType && left.contentEncoding == right.contentEncoding
            && left.messageID == right.messageID && left.correlationID == right.correlationID
            && left.expiration == right.expiration
            && left.isPersistent == right.isPersistent && left.timestamp == right.timestamp && left.type == right.type
            && left.headers.elementsEqual(right.headers) { $0 == $1 }
    }
}

extension WorkerAddress {
    /// Says in a dead letter whose it is.
    fileprivate var header: (name: String, value: OutgoingMessage.Header) {
        switch self {
        case .job(let name): ("x-dead-letter-job", .text(name.text))
        case .pool(let name): ("x-dead-letter-pool", .text(name.text))
        }
    }
}

extension OutboundMessage {
    /// What a worker sends: JSON, persistent, and not given back when no queue takes it.
    package init(exchange: String, key: String, messageID: String? = nil, body: [UInt8]) {
        self.init(
            exchange: exchange, routingKey: key, isMandatory: false,
            properties: MessageProperties(contentType: "application/json", messageID: messageID), body: body)
    }

    /// An action, to the topic exchange of its job or pool.
    init(_ action: ActionMessage) {
        self.init(
            exchange: Topology.exchange(of: action.workers), routingKey: Topology.actionKey,
            properties: MessageProperties(
                contentType: "application/json", messageID: action.messageID,
                timestamp: UInt64(clamping: action.decidedAt.millisecondsSinceEpoch / 1000),
                type: action.action.rawValue),
            body: action.encodedBody())
    }

    /// A dead letter, through the default exchange to its queue.
    init(_ letter: DeadLetter) {
        let delivery = letter.delivery
        self.init(
            exchange: "", routingKey: Topology.deadLetterQueue,
            properties: MessageProperties(
                contentType: delivery.contentType, contentEncoding: delivery.contentEncoding,
                messageID: "dead-letter:\(delivery.origin.session):\(delivery.origin.number)",
                headers: [
                    ("x-dead-letter-reason", .text(letter.reason)),
                    ("x-dead-letter-queue", .text(Topology.queue(of: delivery.workers, delivery.kind))),
                    ("x-dead-letter-exchange", .text(delivery.origin.source)),
                    delivery.workers.header,
                ]),
            body: delivery.body)
    }

    /// A message to somebody else's exchange.
    init(_ message: OutgoingMessage) {
        self.init(
            exchange: message.exchange, routingKey: message.routingKey, isMandatory: message.isMandatory,
            properties: MessageProperties(
                contentType: message.contentType, messageID: message.id, correlationID: message.id,
                expiration: message.expiration.map { "\($0)" },
                timestamp: UInt64(clamping: message.timestamp.millisecondsSinceEpoch / 1000),
                headers: message.headers.sorted { $0.key < $1.key }.map { (name: $0.key, value: $0.value) }),
            body: message.body)
    }

    /// A hint: transient, and nobody minds when nobody takes it.
    init(_ hint: ControlHint) {
        self.init(
            exchange: Topology.controlExchange, routingKey: "", isMandatory: false,
            properties: MessageProperties(contentType: "application/json", isPersistent: false),
            body: hint.encodedBody())
    }
}
