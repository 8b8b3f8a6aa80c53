// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// Time that passes only by being slept away.
final class VirtualTime: MonotonicTime {
    private let slept = Mutex<[Duration]>([])

    /// How long was slept, each time.
    var pauses: [Duration] { slept.withLock { $0 } }

    func uptime() -> Duration { pauses.reduce(.zero, +) }

    func sleep(for duration: Duration) async throws {
        slept.withLock { $0.append(duration) }
    }
}
