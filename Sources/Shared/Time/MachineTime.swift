// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The machine's monotonic time, counted from the making of this value.
package struct MachineTime: MonotonicTime {
    private let start = ContinuousClock.now

    /// Starts counting.
    package init() {}

    package func uptime() -> Duration {
        ContinuousClock.now - start
    }

    package func sleep(for duration: Duration) async throws {
        try await Task.sleep(for: duration, tolerance: .zero, clock: .continuous)
    }
}
