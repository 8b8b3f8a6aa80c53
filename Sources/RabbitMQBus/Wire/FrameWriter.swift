// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The writing side of a connection; a test may put another in the place of ``BrokerLink``.
protocol FrameWriter: AnyObject {
    /// Whether a message of usual size can be written without waiting for the broker to read.
    var isWritable: Bool { get }

    /// Writes one method.
    func send(_ method: OutboundMethod, channel: UInt16) throws(LinkError)

    /// Writes one message.
    func publish(_ message: OutboundMessage, channel: UInt16) throws(LinkError)
}
