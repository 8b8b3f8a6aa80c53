// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A message as ``BrokerClient`` gets it.
package struct BrokerDelivery: Sendable {
    /// What to acknowledge.
    package let tag: UInt64
    /// Which consumer it came through.
    package let consumerTag: String
    /// AMQP property `message_id`.
    package let messageID: String?
    /// The body.
    package let body: [UInt8]
}
