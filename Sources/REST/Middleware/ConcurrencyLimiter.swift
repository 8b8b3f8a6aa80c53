// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Synchronization

/// Bounds how many requests are worked on at a time: any more are refused at once, so no queue can grow.
package final class ConcurrencyLimiter: Sendable {
    private let places: Int
    private let taken = Atomic(0)

    /// So many places.
    package init(places: Int) {
        self.places = places
    }

    /// Takes a place; `false` when there is none.
    package func enter() -> Bool {
        if taken.wrappingAdd(1, ordering: .relaxed).newValue <= places { return true }
        leave()
        return false
    }

    /// Gives a place back.
    package func leave() {
        taken.wrappingSubtract(1, ordering: .relaxed)
    }
}
