// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The way out for runs that are messages to exchanges of others (contract, section 9, `amqp`).
package protocol MessageSink: Sendable {
    /// Waits until messages can be published: connected, and the broker takes them.
    ///
    /// - Throws: `closed` when that will never be, or when the task is cancelled.
    func ready() async throws(BusError)

    /// Publishes messages, pipelined and durable, and gathers what the broker says of each; declares nothing but the exchange of an
    /// event.
    ///
    /// A message that the broker does not take holds up no other.
    /// - Returns: one outcome per message, in the same order; never waits longer than the confirm time-out.
    func send(_ messages: [OutgoingMessage]) async -> [PublishOutcome]
}

/// A message to an exchange that is not ours, ready to be published.
package struct OutgoingMessage: Hashable, Sendable {
    /// The value of a header.
    package enum Header: Hashable, Sendable {
        case text(String)
        case int(Int64)
        case double(Double)
        case bool(Bool)
    }

    /// Empty = the default exchange, which hands a message to the queue that its key names.
    package var exchange: String
    /// At most ``longestName`` bytes.
    package var routingKey: String
    /// Whether it is an event of ours: its exchange is a topic exchange that is declared where it is not there.
    package var isEvent = false
    /// Whether it is to come back when no queue takes it.
    package var isMandatory = true
    package var contentType: String
    /// By name, of at most ``longestName`` bytes each.
    package var headers: [String: Header] = [:]
    /// After how many milliseconds in a queue it is dropped; `nil` = never.
    package var expiration: Int64?
    /// Its `message_id` and its `correlation_id`.
    package var id: String
    /// When it was published; AMQP keeps whole seconds.
    package var timestamp: Timestamp
    package var body: [UInt8]

    /// The longest name or key of AMQP (0-9-1, short string), in bytes.
    package static let longestName = 255

    package init(
        exchange: String, routingKey: String, contentType: String, id: String, timestamp: Timestamp, body: [UInt8]
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.contentType = contentType
        self.id = id
        self.timestamp = timestamp
        self.body = body
    }
}
