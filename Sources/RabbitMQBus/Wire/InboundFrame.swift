// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One frame from the broker.
package struct InboundFrame: Equatable {
    let channel: UInt16
    /// What it brings.
    package let payload: Payload

    /// A method, or a part of the content that follows it.
    package enum Payload: Equatable {
        case method(InboundMethod)
        case header(size: UInt64, properties: MessageProperties)
        case body([UInt8])
    }
}

/// The methods that we understand, with everything copied out of the library's memory.
package enum InboundMethod: Equatable {
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
    package struct DeliverMethod: Equatable {
        /// Which consumer it is for.
        package let consumerTag: String
        /// What acknowledges it.
        package let deliveryTag: UInt64
        let exchange: String
    }
}

/// Why the broker closed a channel.
package struct ChannelClose: Equatable {
    /// AMQP reply code: 403, 404, 405, 406.
    let code: UInt16
    /// The reason in the broker's words.
    package let text: String
    /// Class and method that it refused, as in the method ids of AMQP.
    let methodID: UInt32
}

extension String {
    /// What stands in single quotes: in RabbitMQ's refusals the names of what is at fault, of its virtual host and the like.
    ///
    /// A reply text is cut at 255 bytes, so a name may be missing.
    var quoted: Set<String> {
        let parts = split(separator: "'", omittingEmptySubsequences: false).dropLast()
        return Set(parts.enumerated().lazy.filter { $0.offset % 2 == 1 }.map { String($0.element) })
    }
}
