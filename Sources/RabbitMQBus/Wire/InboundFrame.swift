// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One frame from the broker.
struct InboundFrame: Equatable {
    let channel: UInt16
    let payload: Payload

    enum Payload: Equatable {
        case method(InboundMethod)
        case header(size: UInt64, properties: MessageProperties)
        case body([UInt8])
    }
}
