// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Deliveries that nobody has asked for yet, and whether to read on.
///
/// Reading stops when it is full (by messages or by bytes) and goes on when it has been drained below half.
struct DeliveryBuffer {
    private var waiting: [Delivery] = []
    private var head = 0
    private var bytes = 0
    private let capacity: Int
    private let byteCapacity: Int
    /// Whether the socket is to be left alone.
    private(set) var isPaused = false

    init(capacity: Int, byteCapacity: Int = 64 << 20) {
        self.capacity = capacity
        self.byteCapacity = byteCapacity
    }

    var count: Int { waiting.count - head }

    mutating func append(_ delivery: Delivery) {
        waiting.append(delivery)
        bytes += delivery.body.count
        if count >= capacity || bytes >= byteCapacity { isPaused = true }
    }

    /// The oldest, at most `limit`.
    mutating func take(_ limit: Int) -> [Delivery] {
        let end = min(waiting.count, head + max(limit, 0))
        let taken = Array(waiting[head..<end])
        head = end
        bytes -= taken.reduce(0) { $0 + $1.body.count }
        // Moving the rest down costs as much as it is long: only when as much lies before it.
        if head == waiting.count || head > 1024 && head > waiting.count / 2 {
            waiting.removeFirst(head)
            head = 0
        }
        if count < capacity / 2 || count == 0, bytes < byteCapacity / 2 { isPaused = false }
        return taken
    }

    /// Forgets everything: the broker delivers it again.
    mutating func removeAll() {
        self = DeliveryBuffer(capacity: capacity, byteCapacity: byteCapacity)
    }
}
