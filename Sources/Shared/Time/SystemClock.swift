// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc

/// The clocks of this machine as they are, for processes that never decide slots (the Custodian, logs).
///
/// ``now()`` is the local wall clock, not the database's, and may be ahead of it or step.
package struct SystemClock: EngineClock {
    /// All instances are the same.
    package init() {}

    package func now() -> Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(millisecondsSinceEpoch: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    package func uptime() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(Int64(time.tv_sec)) + .nanoseconds(Int64(time.tv_nsec))
    }

    /// Looks at the wall clock at least once a second, so that a step of it is noticed.
    package func sleep(until deadline: Timestamp) async throws {
        while now() < deadline {
            try await sleep(for: min(deadline - now(), .seconds(1)))
        }
    }

    package func sleep(for duration: Duration) async throws {
        try await Task.sleep(for: max(Duration.zero, duration), clock: .continuous)
    }
}
