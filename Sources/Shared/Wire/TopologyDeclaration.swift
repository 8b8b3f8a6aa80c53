// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

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
