// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Where deliveries go that cannot be processed.
package protocol DeadLetterSink: Sendable {
    /// Puts them where an operator finds them, unchanged, and waits until they are safe there.
    ///
    /// - Throws: when any may not be; then all are to be sent again.
    func deadLetter(_ letters: [DeadLetter]) async throws(BusError)
}

/// A delivery that cannot be processed.
package struct DeadLetter: Hashable, Sendable {
    /// The delivery; its body is kept unchanged.
    package let delivery: Delivery
    /// What is wrong with it, in one line.
    package let reason: String

    package init(delivery: Delivery, reason: String) {
        self.delivery = delivery
        self.reason = reason
    }
}
