// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Shared

/// Deliveries that nobody has asked for yet, and whether to read on.
///
/// Reading stops when it is full (by messages or by bytes) and goes on when it has been drained below half.
struct DeliveryBuffer {
    private var waiting: Deque<(delivery: Delivery, tag: UInt64)> = []
    private var bytes = 0
    private let capacity: Int
    private let byteCapacity: Int
    /// Whether the socket is to be left alone.
    private(set) var isPaused = false

    init(capacity: Int, byteCapacity: Int = 64 << 20) {
        self.capacity = capacity
        self.byteCapacity = byteCapacity
    }

    var count: Int { waiting.count }

    mutating func append(_ delivery: Delivery, tag: UInt64) {
        waiting.append((delivery, tag))
        bytes += delivery.body.count
        if count >= capacity || bytes >= byteCapacity { isPaused = true }
    }

    /// The oldest, at most `limit`, and the delivery tag of the last of them; 0 when there is none.
    mutating func take(_ limit: Int) -> (deliveries: [Delivery], lastTag: UInt64) {
        var deliveries: [Delivery] = []
        var lastTag: UInt64 = 0
        deliveries.reserveCapacity(min(waiting.count, max(limit, 0)))
        while deliveries.count < limit, let (delivery, tag) = waiting.popFirst() {
            deliveries.append(delivery)
            lastTag = tag
        }
        bytes -= deliveries.reduce(0) { $0 + $1.body.count }
        if count < capacity / 2 || count == 0, bytes < byteCapacity / 2 { isPaused = false }
        return (deliveries, lastTag)
    }

    /// Forgets everything: the broker delivers it again.
    mutating func removeAll() {
        self = DeliveryBuffer(capacity: capacity, byteCapacity: byteCapacity)
    }
}
