// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
private import Synchronization

/// What stands in for a bus where there is none (`SIMPLE_SCHEDULER_MESSAGEBUS_TYPE=none`): it takes no action, and nobody says anything.
final class NoBus: SchedulerBus {
    private struct State {
        var isClosed = false
        var waiters: [AsyncStream<Never>.Continuation] = []
    }

    private let state = Mutex(State())

    func run() async throws(BusError) { await end() }

    func state() async -> BusState { BusState(isConnected: true) }

    func close() async {
        let waiters = state.withLock { state in
            state.isClosed = true
            defer { state.waiters = [] }
            return state.waiters
        }
        for waiter in waiters { waiter.finish() }
    }

    func ready() async throws(BusError) {}

    func publish(_ actions: [ActionMessage]) async -> [PublishOutcome] {
        actions.map { _ in .refused("there is no message bus") }
    }

    func send(_ messages: [OutgoingMessage]) async -> [PublishOutcome] {
        messages.map { _ in .refused("there is no message bus") }
    }

    func deadLetter(_ letters: [DeadLetter]) async throws(BusError) {}

    func reports(limit: Int) async throws(BusError) -> ReportBatch {
        await end()
        throw BusError(.closed, "the bus is closed")
    }

    func pauseReports() async {}
    func resumeReports() async {}

    func subscribe(_ workers: [WorkerAddress]) async {}
    func drain(_ jobs: [JobName]) async {}
    func unsubscribe(_ workers: [WorkerAddress]) async {}
    func release(_ jobs: [JobName]) async -> [ReleaseOutcome] { jobs.map { _ in .released } }

    func announce(_ hint: ControlHint) async {}

    func nextHint() async throws(BusError) -> ControlHint? {
        await end()
        throw BusError(.closed, "the bus is closed")
    }

    /// Waits until the bus is closed or the task is cancelled.
    private func end() async {
        let (end, ended) = AsyncStream<Never>.makeStream()
        let isClosed = state.withLock { state in
            if !state.isClosed { state.waiters.append(ended) }
            return state.isClosed
        }
        guard !isClosed else { return }
        for await _ in end {}
    }
}
