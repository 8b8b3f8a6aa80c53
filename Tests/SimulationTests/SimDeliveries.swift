// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// What one simulated process was handed by the broker and has not acknowledged.
final class SimDeliveries: Sendable {
    private let open = Mutex<[(number: Int, deliveries: [Delivery])]>([])
    private let last = Atomic(0)

    /// Gives the number of the batch.
    func add(_ batch: ReportBatch) -> Int {
        let number = last.wrappingAdd(1, ordering: .relaxed).newValue
        open.withLock { $0.append((number, batch.deliveries)) }
        return number
    }

    /// What the acknowledgement of a batch is for: the batches before go with it.
    func remove(through number: Int) -> [Delivery] {
        open.withLock { open in
            let meant = open.filter { $0.number <= number }
            open.removeAll { $0.number <= number }
            return meant.flatMap(\.deliveries)
        }
    }
}
