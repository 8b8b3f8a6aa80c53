// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

/// A bus that remembers the hints it is given and does nothing else.
package final class RecordingBus: MessageBus {
    private let announced = Mutex<[ControlHint]>([])

    /// All hints so far, in their order.
    package var hints: [ControlHint] { announced.withLock { $0 } }

    /// The hints as they come, for one reader.
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
    package func ready() async throws(BusError) {}
    package func publish(_ actions: [ActionMessage]) async -> [PublishOutcome] { [] }
    package func deadLetter(_ letters: [DeadLetter]) async throws(BusError) {}
    package func subscribe(_ jobs: [JobName]) async {}
    package func drain(_ jobs: [JobName]) async {}
    package func remove(_ jobs: [JobName]) async -> [RemovalOutcome] { jobs.map { _ in .removed } }
    package func unsubscribe(_ jobs: [JobName]) async {}
    package func pauseConsuming() async {}
    package func resumeConsuming() async {}
    package func deliveries(limit: Int) async throws(BusError) -> [Delivery] { [] }
    package func acknowledge(through receipt: Delivery.Receipt) async {}
    package func nextHint() async throws(BusError) -> ControlHint? { nil }
    package func state() async -> BusState { BusState() }
    package func close() async {}
}
