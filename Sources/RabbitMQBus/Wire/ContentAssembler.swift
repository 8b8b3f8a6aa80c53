// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Puts the messages of one channel together from their method, header and body frames.
package struct ContentAssembler {
    /// A whole message.
    package enum Content: Equatable {
        case delivery(InboundMethod.DeliverMethod, MessageProperties, [UInt8])
        /// A message of ours that no queue took.
        case returned(reason: String, MessageProperties)
    }

    private enum Start {
        case deliver(InboundMethod.DeliverMethod)
        case returned(reason: String)
    }

    private enum State {
        case idle
        case begun(Start)
        case filling(Start, MessageProperties, size: UInt64, [UInt8])
    }

    private var state = State.idle

    /// Waits for a method.
    package init() {}

    /// A basic.deliver came.
    package mutating func begin(_ method: InboundMethod.DeliverMethod) throws(LinkError) {
        try begin(.deliver(method))
    }

    /// A basic.return came.
    mutating func beginReturn(reason: String) throws(LinkError) {
        try begin(.returned(reason: reason))
    }

    /// The header came; gives the message when it has no body.
    package mutating func header(size: UInt64, properties: MessageProperties) throws(LinkError) -> Content? {
        guard case .begun(let start) = state else { throw LinkError(reason: "a content header without its method") }
        var body: [UInt8] = []
        body.reserveCapacity(Int(min(size, 1 << 20)))
        return finishIfWhole(start, properties, size, body)
    }

    /// A part of the body came; gives the message when it is the last.
    package mutating func body(_ part: [UInt8]) throws(LinkError) -> Content? {
        guard case .filling(let start, let properties, let size, var body) = state else {
            throw LinkError(reason: "a content body without its header")
        }
        state = .idle
        body += part
        guard UInt64(body.count) <= size else { throw LinkError(reason: "a content body longer than announced") }
        return finishIfWhole(start, properties, size, body)
    }

    private mutating func begin(_ start: Start) throws(LinkError) {
        guard case .idle = state else { throw LinkError(reason: "a message inside another one") }
        state = .begun(start)
    }

    private mutating func finishIfWhole(
        _ start: Start, _ properties: MessageProperties, _ size: UInt64, _ body: consuming [UInt8]
    ) -> Content? {
        guard UInt64(body.count) == size else {
            state = .filling(start, properties, size: size, body)
            return nil
        }
        state = .idle
        switch start {
        case .deliver(let method): return .delivery(method, properties, body)
        case .returned(let reason): return .returned(reason: reason, properties)
        }
    }
}
