// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule

/// The latest so many keys that were put in; the oldest make room.
struct RecentKeys {
    private let capacity: Int
    private var order: Deque<PendingAction.Key> = []
    private var keys: Set<PendingAction.Key> = []

    /// Holds at most `capacity` keys.
    init(capacity: Int) {
        self.capacity = capacity
    }

    /// Whether the key is among the latest.
    func contains(_ key: PendingAction.Key) -> Bool { keys.contains(key) }

    /// Puts a key in; one that is there keeps its place.
    mutating func insert(_ key: PendingAction.Key) {
        guard keys.insert(key).inserted else { return }
        order.append(key)
        if order.count > capacity, let oldest = order.popFirst() { keys.remove(oldest) }
    }
}
