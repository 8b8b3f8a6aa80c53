// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Synchronization

/// The database server's clock, kept going by local monotonic time: equal on all instances, unaffected by jumps of the
/// local clock.
///
/// To be fed with the server's answers (``observe(server:sentAt:receivedAt:)``), the first before anything asks for
/// ``now()``. Safe from any thread.
package final class ClusterClock: EngineClock {
    private let time: any MonotonicTime
    private let estimate = Mutex<ServerClockEstimate?>(nil)

    /// A clock that knows nothing yet; until it does, ``now()`` is the start of the epoch.
    package init(time: any MonotonicTime = MachineTime()) {
        self.time = time
    }

    /// Takes in what the server's clock showed between two moments of ``uptime()``.
    ///
    /// Gives the distance by which the server's clock was stepped since the last answer, when it was.
    package func observe(server: Timestamp, sentAt: Duration, receivedAt: Duration) -> Duration? {
        estimate.withLock { estimate in
            guard estimate != nil else {
                estimate = ServerClockEstimate(server: server, sentAt: sentAt, receivedAt: receivedAt)
                return nil
            }
            return estimate?.observe(server: server, sentAt: sentAt, receivedAt: receivedAt)
        }
    }

    package func now() -> Timestamp {
        let uptime = time.uptime()
        return estimate.withLock { $0?.now(at: uptime) } ?? Timestamp(millisecondsSinceEpoch: 0)
    }

    package func uptime() -> Duration {
        time.uptime()
    }

    package func sleep(until deadline: Timestamp) async throws {
        while now() < deadline {
            let wake = estimate.withLock { $0?.uptime(of: deadline) }
            let rest = wake.map { $0 - time.uptime() } ?? .milliseconds(100)
            // A long sleep is cut: the estimate may have changed meanwhile.
            try await time.sleep(for: min(max(rest, .microseconds(100)), .seconds(10)))
        }
        try Task.checkCancellation()
    }

    package func sleep(for duration: Duration) async throws {
        try await time.sleep(for: duration)
    }
}
