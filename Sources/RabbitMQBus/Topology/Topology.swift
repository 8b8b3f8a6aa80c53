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

    /// The topic exchange of a job: actions go out through it, and workers publish to it.
    package static func exchange(of job: JobName) -> String { "scheduler.job.\(job)" }

    /// The queue that workers consume actions from; a fanout exchange has the same name.
    package static func actionQueue(of job: JobName) -> String { "scheduler.job.\(job).action" }

    /// One of the job's two inbound queues; a fanout exchange has the same name.
    package static func queue(of job: JobName, _ kind: Delivery.Kind) -> String {
        "scheduler.job.\(job).\(kind.rawValue)"
    }

    /// The names of a job's exchanges and queues.
    package static func names(of job: JobName) -> Set<String> {
        [exchange(of: job), actionQueue(of: job), queue(of: job, .status), queue(of: job, .heartbeat)]
    }

    /// What must be there before anything else, in this order.
    package static let commonDeclarations: [TopologyDeclaration] = [
        .ownQueue(deadLetterQueue), .fanoutExchange(controlExchange),
    ]

    /// Everything that belongs to a job, in an order that a broker accepts.
    package static func declarations(of job: JobName) -> [TopologyDeclaration] {
        let topic = exchange(of: job)
        let action = actionQueue(of: job)
        let status = queue(of: job, .status)
        let heartbeat = queue(of: job, .heartbeat)
        return [
            .topicExchange(topic),
            .fanoutExchange(action), .fanoutExchange(status), .fanoutExchange(heartbeat),
            .jobQueue(action), .jobQueue(status), .jobQueue(heartbeat),
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
    /// A queue of a job: it has the configured ``QueueType``.
    case jobQueue(String)
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
        case .jobQueue(let name): self = .declareQueue(name: name, quorum: queueType == .quorum)
        case .ownQueue(let name): self = .declareQueue(name: name, quorum: false)
        case .binding(let queue, let exchange, let key): self = .bindQueue(queue: queue, exchange: exchange, key: key)
        case .exchangeBinding(let destination, let source, let key):
            self = .bindExchange(destination: destination, source: source, key: key)
        }
    }
}
