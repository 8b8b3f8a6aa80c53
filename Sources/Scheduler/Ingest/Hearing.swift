// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

/// Since when this instance hears what workers say: their silence counts only from then on.
///
/// While the broker is away, the database holds up the ingest, or nobody was there to listen, messages wait in the
/// queues; a run must not be given up for dead because of our own deafness. Safe from any task.
package final class Hearing: Sendable {
    /// A batch of messages that takes longer than this to store means that others wait behind it.
    private static let longestBatch = Duration.milliseconds(500)

    private struct State {
        var since: Timestamp?
        var reconnects = 0
        var batchStartedAt: Duration?
    }

    private let state = Mutex(State())

    /// Deaf until it is told otherwise.
    package init() {}

    /// Takes in how the bus stands; to be called every now and then.
    package func note(_ bus: BusState, now: Timestamp) {
        state.withLock { state in
            if !bus.isConnected {
                state.since = nil
            } else if state.since == nil || state.reconnects != bus.reconnects {
                state.since = now
            }
            state.reconnects = bus.reconnects
        }
    }

    /// A batch is going to be stored.
    package func batchStarted(at uptime: Duration) {
        state.withLock { $0.batchStartedAt = uptime }
    }

    /// The batch is stored.
    package func batchEnded(at uptime: Duration, now: Timestamp) {
        state.withLock { state in
            let isLate = state.batchStartedAt.map { uptime - $0 > Self.longestBatch } ?? false
            if isLate, state.since != nil { state.since = now }
            state.batchStartedAt = nil
        }
    }

    /// Since when everything was heard; `now` when something is amiss at the moment.
    package func since(at uptime: Duration, now: Timestamp) -> Timestamp {
        state.withLock { state in
            if let started = state.batchStartedAt, uptime - started > Self.longestBatch { return now }
            return state.since ?? now
        }
    }
}
