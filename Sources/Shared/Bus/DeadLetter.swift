// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A delivery that cannot be processed, on its way to `scheduler.dead-letter`.
package struct DeadLetter: Hashable, Sendable {
    /// The message; its body is kept unchanged.
    package let delivery: Delivery
    /// What is wrong with it, in one line.
    package let reason: String

    package init(delivery: Delivery, reason: String) {
        self.delivery = delivery
        self.reason = reason
    }
}
