// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The methods that we understand, with everything copied out of the library's memory.
enum InboundMethod: Equatable {
    case channelOpened
    case channelClosed(ChannelClose)
    case confirmsSelected
    case prefetchSet
    /// An exchange was declared, or something bound.
    case declared
    case queueDeclared(name: String, messages: UInt32)
    /// A queue or an exchange is gone, whether or not it was there; so many messages went with it.
    case deleted(messages: UInt32)
    case consuming(tag: String)
    case consumerCancelled
    case recovered
    /// The broker ended a consumer: its queue is gone.
    case consumerLost(tag: String)
    case deliver(DeliverMethod)
    case returned(reason: String)
    case published(tag: UInt64, multiple: Bool, isTaken: Bool)
    case connectionClosed(code: UInt16, text: String)
    case blocked(reason: String)
    case unblocked
    case unknown(UInt32)

    /// What precedes the content of a delivery.
    struct DeliverMethod: Equatable {
        let consumerTag: String
        let deliveryTag: UInt64
        let exchange: String
    }
}
