// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A message on its way to an exchange.
struct OutboundMessage {
    let exchange: String
    let routingKey: String
    /// Asks for its return when no queue takes it.
    var isMandatory = true
    let properties: MessageProperties
    let body: [UInt8]
}
