// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Glibc
import Shared

/// The machine's wall clock, finer than ``Timestamp``.
enum WallClock {
    /// Microseconds since 1970.
    static func microseconds() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
    }

    /// Now.
    static func now() -> Timestamp {
        Timestamp(millisecondsSinceEpoch: microseconds() / 1000)
    }

    /// Sleeps until the clock shows `time`.
    static func sleep(until time: Timestamp) async throws {
        let rest = time - now()
        if rest > .zero { try await Task.sleep(for: rest) }
    }
}
