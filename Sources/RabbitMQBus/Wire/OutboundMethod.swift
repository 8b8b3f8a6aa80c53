// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The methods that we send, apart from publishing.
package enum OutboundMethod: Equatable {
    case openChannel
    case confirmChannelClosed
    case selectConfirms
    case setPrefetch(UInt16)
    case declareExchange(name: String, type: String)
    /// Durable; `quorum` adds the queue type as its argument.
    case declareQueue(name: String, quorum: Bool)
    /// Exclusive, deleted with its connection, named by the broker.
    case declareOwnQueue
    case bindQueue(queue: String, exchange: String, key: String)
    case bindExchange(destination: String, source: String, key: String)
    /// Asks how many messages wait in it; 404 when there is none of the name. Needs no rights.
    case lookAtQueue(name: String)
    /// With whatever is in it: the broker's check for emptiness would cost the connection (540) with quorum queues.
    case deleteQueue(name: String)
    case deleteExchange(name: String)
    case consume(queue: String, tag: String, needsAcks: Bool)
    case cancel(tag: String)
    /// Puts what was delivered on the channel and not acknowledged back into its queues.
    case recover
    /// Everything up to and including the tag.
    case acknowledge(throughTag: UInt64)
    case confirmConnectionClosed

    /// Whether the broker answers it.
    package var hasReply: Bool {
        switch self {
        case .confirmChannelClosed, .acknowledge, .confirmConnectionClosed: false
        default: true
        }
    }
}
