// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// The names of the AMQP objects and what must be declared (contract, section 3; docs/bus.md).
package enum Topology {
    /// The durable queue for what cannot be processed.
    package static let deadLetterQueue = "scheduler.dead-letter"
    /// The durable fanout exchange for hints between our own programs.
    package static let controlExchange = "scheduler.control"
    /// The routing key of actions.
    package static let actionKey = "action"

    /// The topic exchange of a job or a pool: actions go out through it, and workers publish to it.
    package static func exchange(of workers: WorkerAddress) -> String {
        switch workers {
        case .job(let name): "scheduler.job.\(name)"
        case .pool(let name): "scheduler.pool.\(name)"
        }
    }

    /// The queue that workers consume actions from; a fanout exchange has the same name.
    package static func actionQueue(of workers: WorkerAddress) -> String { "\(exchange(of: workers)).action" }

    /// One of the two inbound queues; a fanout exchange has the same name.
    package static func queue(of workers: WorkerAddress, _ kind: Delivery.Kind) -> String {
        "\(exchange(of: workers)).\(kind.rawValue)"
    }

    /// The names of the exchanges and queues.
    package static func names(of workers: WorkerAddress) -> Set<String> {
        [exchange(of: workers), actionQueue(of: workers), queue(of: workers, .status), queue(of: workers, .heartbeat)]
    }

    /// What must be there before anything else, in this order.
    package static let commonDeclarations: [TopologyDeclaration] = [
        .ownQueue(deadLetterQueue), .fanoutExchange(controlExchange),
    ]

    /// Everything that belongs to a job or a pool, in an order that a broker accepts.
    package static func declarations(of workers: WorkerAddress) -> [TopologyDeclaration] {
        let topic = exchange(of: workers)
        let action = actionQueue(of: workers)
        let status = queue(of: workers, .status)
        let heartbeat = queue(of: workers, .heartbeat)
        return [
            .topicExchange(topic),
            .fanoutExchange(action), .fanoutExchange(status), .fanoutExchange(heartbeat),
            .workerQueue(action), .workerQueue(status), .workerQueue(heartbeat),
            .binding(queue: action, exchange: topic, key: actionKey),
            .binding(queue: status, exchange: topic, key: Delivery.Kind.status.rawValue),
            .binding(queue: heartbeat, exchange: topic, key: Delivery.Kind.heartbeat.rawValue),
            .exchangeBinding(destination: action, source: topic, key: actionKey),
            .binding(queue: status, exchange: status, key: ""),
            .binding(queue: heartbeat, exchange: heartbeat, key: ""),
        ]
    }
}

/// One durable object that both sides declare; declaring it again with the same properties changes nothing.
package enum TopologyDeclaration: Hashable, Sendable {
    /// An exchange that hands on by routing key.
    case topicExchange(String)
    /// An exchange that hands on everything.
    case fanoutExchange(String)
    /// A queue of a job or a pool: it has the configured ``QueueType``.
    case workerQueue(String)
    /// A queue of our own, always without arguments.
    case ownQueue(String)
    /// From an exchange to a queue.
    case binding(queue: String, exchange: String, key: String)
    /// From an exchange to another.
    case exchangeBinding(destination: String, source: String, key: String)
}

extension OutboundMethod {
    /// The method that declares one object.
    package init(_ declaration: TopologyDeclaration, _ queueType: QueueType) {
        switch declaration {
        case .topicExchange(let name): self = .declareExchange(name: name, type: "topic")
        case .fanoutExchange(let name): self = .declareExchange(name: name, type: "fanout")
        case .workerQueue(let name): self = .declareQueue(name: name, quorum: queueType == .quorum)
        case .ownQueue(let name): self = .declareQueue(name: name, quorum: false)
        case .binding(let queue, let exchange, let key): self = .bindQueue(queue: queue, exchange: exchange, key: key)
        case .exchangeBinding(let destination, let source, let key):
            self = .bindExchange(destination: destination, source: source, key: key)
        }
    }
}
