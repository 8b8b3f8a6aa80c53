// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

/// What this instance has heard of what workers say: their silence counts only within that span.
///
/// While the broker is away, the database holds up the ingest, or nobody was there to listen, messages wait in the
/// queues; a run must not be given up for dead because of our own ingest lag. Safe from any task.
package final class IngestLag: Sendable {
    /// A batch of messages that takes longer than this to store means that others wait behind it.
    private static let longestBatch = Duration.milliseconds(500)

    private struct State {
        var since: Timestamp?
        var reconnects = 0
        var batchStartedAt: Duration?
        var batchEndedAt: Duration?
        /// When the last batch was begun behind which messages may still wait.
        var behindSince: Duration?
    }

    private let state = Mutex(State())

    /// Not receiving until it is told otherwise.
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

    /// The batch is stored; `isFull` = how long others wait behind it is not known.
    package func batchEnded(at uptime: Duration, isFull: Bool) {
        state.withLock { state in
            guard let started = state.batchStartedAt else { return }
            if isFull {
                state.behindSince = state.behindSince ?? started
            } else {
                state.behindSince = uptime - started > Self.longestBatch ? started : nil
            }
            state.batchStartedAt = nil
            state.batchEndedAt = uptime
        }
    }

    /// Since when there is a connection over which workers are heard; `now` when there is none.
    package func since(now: Timestamp) -> Timestamp {
        state.withLock { $0.since ?? now }
    }

    /// Up to when everything that was said has taken effect.
    ///
    /// It falls behind with a slow database and goes on all the same, so that time-outs are late then, not suspended.
    package func until(at uptime: Duration, now: Timestamp) -> Timestamp {
        state.withLock { state in
            let end: Duration?
            if let started = state.batchStartedAt {
                end = state.behindSince ?? (uptime - started > Self.longestBatch ? started : nil)
            } else {
                // What waits behind a batch is the next one at once.
                let isIdle = state.batchEndedAt.map { uptime - $0 > Self.longestBatch } ?? true
                end = isIdle ? nil : state.behindSince
            }
            return end.map { now - (uptime - $0) } ?? now
        }
    }
}
