// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension OutboundMethod {
    /// The method that declares one object.
    init(_ declaration: TopologyDeclaration, _ queueType: QueueType) {
        switch declaration {
        case .topicExchange(let name): self = .declareExchange(name: name, type: "topic")
        case .fanoutExchange(let name): self = .declareExchange(name: name, type: "fanout")
        case .jobQueue(let name): self = .declareQueue(name: name, quorum: queueType == .quorum)
        case .ownQueue(let name): self = .declareQueue(name: name, quorum: false)
        case .binding(let queue, let exchange, let key): self = .bindQueue(queue: queue, exchange: exchange, key: key)
        case .exchangeBinding(let destination, let source, let key):
            self = .bindExchange(destination: destination, source: source, key: key)
        }
    }
}
