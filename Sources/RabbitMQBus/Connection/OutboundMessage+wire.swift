// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension OutboundMessage {
    /// An action, to its job's topic exchange.
    init(_ action: ActionMessage) {
        self.init(
            exchange: Topology.exchange(of: action.jobName), routingKey: Topology.actionKey,
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
                messageID: "dead-letter:\(delivery.origin.id)",
                headers: [
                    ("x-dead-letter-reason", letter.reason),
                    ("x-dead-letter-queue", Topology.queue(of: delivery.jobName, delivery.kind)),
                    ("x-dead-letter-exchange", delivery.origin.source),
                    ("x-dead-letter-job", delivery.jobName.text),
                ]),
            body: delivery.body)
    }

    /// A hint: transient, and nobody minds when nobody takes it.
    init(_ hint: ControlHint) {
        self.init(
            exchange: Topology.controlExchange, routingKey: "", isMandatory: false,
            properties: MessageProperties(contentType: "application/json", isPersistent: false),
            body: hint.encodedBody())
    }
}
