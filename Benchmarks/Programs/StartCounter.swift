// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Synchronization

/// Numbers the programs that were started, for the names of their logs.
final class StartCounter: Sendable {
    private let count = Atomic(0)

    /// Counts from 1.
    func next() -> Int {
        count.add(1, ordering: .relaxed).newValue
    }
}
