// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

/// Remembers the hints it is given; its connection is up until it is closed.
package final class RecordingBus: BusConnection, HintAnnouncer {
    private let announced = Mutex<[ControlHint]>([])
    private let isClosed = Atomic(false)

    /// All hints so far, in their order.
    package var hints: [ControlHint] { announced.withLock { $0 } }

    /// The hints as they come, for one reader; ends when the bus is closed.
    package let stream: AsyncStream<ControlHint>
    private let feed: AsyncStream<ControlHint>.Continuation

    /// A bus that was told nothing.
    package init() {
        (stream, feed) = AsyncStream.makeStream()
    }

    package func announce(_ hint: ControlHint) async {
        announced.withLock { $0.append(hint) }
        feed.yield(hint)
    }

    package func run() async throws(BusError) {}

    package func state() async -> BusState { BusState(isConnected: !isClosed.load(ordering: .relaxed)) }

    package func close() async {
        isClosed.store(true, ordering: .relaxed)
        feed.finish()
    }
}
