// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// What one simulated process was handed by the broker and has not acknowledged.
final class SimDeliveries: Sendable {
    private let open = Mutex<[Delivery]>([])

    func add(_ deliveries: [Delivery]) {
        open.withLock { $0 += deliveries }
    }

    /// What an acknowledgement is for; what came over earlier connections is forgotten, for it comes again.
    func remove(through receipt: Delivery.Receipt) -> [Delivery] {
        open.withLock { open in
            open.removeAll { $0.receipt.session < receipt.session }
            let meant = open.filter { $0.receipt.session == receipt.session && $0.receipt.tag <= receipt.tag }
            open.removeAll { $0.receipt.session == receipt.session && $0.receipt.tag <= receipt.tag }
            return meant
        }
    }
}
