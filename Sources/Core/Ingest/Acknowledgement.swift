// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What remains to be done for a batch of messages whose effects are stored.
package struct Acknowledgement: Sendable {
    /// What has to be safe in the dead-letter queue first.
    let letters: [DeadLetter]
    /// Everything up to here is then acknowledged.
    let through: Delivery.Receipt
}
