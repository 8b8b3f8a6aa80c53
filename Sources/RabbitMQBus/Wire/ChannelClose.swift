// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why the broker closed a channel.
struct ChannelClose: Equatable {
    /// AMQP reply code: 403, 404, 405, 406.
    let code: UInt16
    let text: String
    /// Class and method that it refused, as in the method ids of AMQP.
    let methodID: UInt32
}
