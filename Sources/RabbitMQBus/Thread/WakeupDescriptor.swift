// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CRabbitMQ
import Glibc

/// An eventfd: makes a thread return from `poll`.
///
/// Any thread may signal.
final class WakeupDescriptor: Sendable {
    let descriptor: Int32

    init() {
        descriptor = simple_scheduler_eventfd()
        precondition(descriptor >= 0, "eventfd failed: this process has no descriptors left at start")
    }

    deinit {
        close(descriptor)
    }

    func signal() {
        // Fails only when the counter is full, and then the thread is awake anyway.
        var one: UInt64 = 1
        _ = unsafe write(descriptor, &one, 8)
    }

    func drain() {
        var count: UInt64 = 0
        _ = unsafe read(descriptor, &count, 8)
    }
}
