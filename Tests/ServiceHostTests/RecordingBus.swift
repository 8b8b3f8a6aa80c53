// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// A bus that remembers the hints it is given and does nothing else.
final class RecordingBus: MessageBus {
    private let announced = Mutex<[ControlHint]>([])

    var hints: [ControlHint] { announced.withLock { $0 } }

    /// The hints as they come, for one reader.
    let stream: AsyncStream<ControlHint>
    private let feed: AsyncStream<ControlHint>.Continuation

    init() {
        (stream, feed) = AsyncStream.makeStream()
    }

    func announce(_ hint: ControlHint) async {
        announced.withLock { $0.append(hint) }
        feed.yield(hint)
    }
    func run() async throws(BusError) {}
    func ready() async throws(BusError) {}
    func publish(_ actions: [ActionMessage]) async -> [PublishOutcome] { [] }
    func deadLetter(_ letters: [DeadLetter]) async throws(BusError) {}
    func subscribe(_ jobs: [JobName]) async {}
    func drain(_ jobs: [JobName]) async {}
    func remove(_ jobs: [JobName]) async -> [RemovalOutcome] { jobs.map { _ in .removed } }
    func unsubscribe(_ jobs: [JobName]) async {}
    func pauseConsuming() async {}
    func resumeConsuming() async {}
    func deliveries(limit: Int) async throws(BusError) -> [Delivery] { [] }
    func acknowledge(through receipt: Delivery.Receipt) async {}
    func nextHint() async throws(BusError) -> ControlHint? { nil }
    func state() async -> BusState { BusState() }
    func close() async {}
}
