// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Glibc
import Synchronization

/// Frees a connection's thread when it is stuck in a write: shuts the socket from outside, so that the write fails.
///
/// librabbitmq waits in its writes for as long as the broker sends heartbeats but does not read (a memory alarm). The
/// owner arms this around its work; any other thread may look.
package final class SocketGuard: Sendable {
    private struct Watch {
        let socket: Int32
        let since: ContinuousClock.Instant
    }

    private let watch = Mutex<Watch?>(nil)

    /// The owner begins to use the socket.
    func arm(_ socket: Int32) {
        watch.withLock { $0 = Watch(socket: socket, since: .now) }
    }

    /// The owner is done, for now; only then may it close the socket.
    func disarm() {
        watch.withLock { $0 = nil }
    }

    /// Shuts the socket when the owner has been at it for longer than `limit`; says whether it did.
    @discardableResult
    func shutIfStuck(longerThan limit: Duration) -> Bool {
        watch.withLock { watch in
            guard let stuck = watch, stuck.since.duration(to: .now) >= limit else { return false }
            // Under the lock: the descriptor cannot be closed and used again for something else meanwhile.
            shutdown(stuck.socket, Int32(SHUT_RDWR))
            watch = nil
            return true
        }
    }
}
