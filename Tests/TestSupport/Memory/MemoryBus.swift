// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// The bus of one simulated process, over a ``MemoryBroker``.
///
/// Connected while ``run()`` runs and the broker is up. Publishing without a connection gives `unconfirmed` at once.
package struct MemoryBus: SchedulerBus {
    /// The broker.
    package let broker: MemoryBroker
    /// Which process this is, counted from 0.
    package let process: Int

    init(broker: MemoryBroker, process: Int) {
        self.broker = broker
        self.process = process
    }

    package func run() async throws(BusError) {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                broker.change { [process] state in
                    guard !state.processes[process].isClosed, !state.processes[process].isRunning else {
                        state.effects.append { continuation.resume() }
                        return
                    }
                    state.processes[process].isRunning = true
                    state.processes[process].runEnd = continuation
                    if state.isUp { state.connect(process) }
                }
            }
        } onCancel: {
            kill()
        }
    }

    package func ready() async throws(BusError) {
        let answer = await waiting(for: Void.self) { id, state, continuation in
            if state.processes[process].isClosed || state.isCancelled(id) {
                state.effects.append { continuation.resume(returning: .failure(closedError)) }
            } else {
                state.processes[process].ready[id] = continuation
            }
        }
        try answer.get()
    }

    package func publish(_ actions: [ActionMessage]) async -> [PublishOutcome] {
        let outcomes = broker.change { [process] state in state.publish(actions, by: process) }
        await confirms()
        let isDead = broker.change { [process] state in state.processes[process].isClosed }
        return isDead ? actions.map { _ in .unconfirmed } : outcomes
    }

    package func send(_ messages: [OutgoingMessage]) async -> [PublishOutcome] {
        let outcomes = broker.change { [process] state in state.send(messages, by: process) }
        await confirms()
        let isDead = broker.change { [process] state in state.processes[process].isClosed }
        return isDead ? messages.map { _ in .unconfirmed } : outcomes
    }

    package func deadLetter(_ letters: [DeadLetter]) async throws(BusError) {
        let isStored = broker.change { [process] state in
            guard state.isConnected(process) else { return false }
            state.deadLetters += letters
            return true
        }
        guard isStored else { throw BusError(.unavailable, "the broker has not confirmed all dead letters") }
    }

    package func subscribe(_ workers: [WorkerAddress]) async {
        broker.change { [process] state in
            guard !state.processes[process].isClosed else { return }
            state.processes[process].subscriptions.formUnion(workers)
            state.processes[process].draining.subtract(workers)
            state.objects.formUnion(workers)
        }
    }

    package func drain(_ names: [JobName]) async {
        broker.change { [process] state in
            guard !state.processes[process].isClosed else { return }
            let jobs = names.map { WorkerAddress.job($0) }
            state.processes[process].subscriptions.formUnion(jobs)
            state.processes[process].draining.formUnion(jobs)
        }
    }

    package func release(_ jobs: [JobName]) async -> [ReleaseOutcome] {
        broker.change { [process] state in jobs.map { state.release($0, by: process) } }
    }

    package func unsubscribe(_ workers: [WorkerAddress]) async {
        broker.change { [process] state in
            state.processes[process].subscriptions.subtract(workers)
            state.processes[process].draining.subtract(workers)
        }
    }

    /// Deliveries for one caller, and what acknowledges them: void in another session.
    struct Taken {
        let deliveries: [Delivery]
        let session: UInt64
        let lastTag: UInt64
    }

    package func reports(limit: Int) async throws(BusError) -> ReportBatch {
        let answer = await waiting(for: Taken.self) { id, state, continuation in
            if state.processes[process].isClosed || state.isCancelled(id) {
                state.effects.append { continuation.resume(returning: .failure(closedError)) }
            } else {
                state.processes[process].deliveries = (id, limit, continuation)
            }
        }
        let taken = try answer.get()
        return ReportBatch(taken.deliveries) { [broker, process] in
            broker.change { state in
                guard state.processes[process].session == taken.session else { return }
                state.processes[process].unacknowledged.removeAll { $0.tag <= taken.lastTag }
            }
        }
    }

    package func pauseReports() async {
        broker.change { [process] state in
            guard !state.processes[process].isPaused else { return }
            state.processes[process].isPaused = true
            state.disconnect(process)
        }
    }

    package func resumeReports() async {
        broker.change { [process] state in
            guard state.processes[process].isPaused else { return }
            state.processes[process].isPaused = false
            if state.isConnected(process) { state.connect(process) }
        }
    }

    package func announce(_ hint: ControlHint) async {
        broker.change { [process] state in
            guard state.isConnected(process) else { return }
            for index in state.processes.indices where state.isConnected(index) {
                state.processes[index].hints.append(hint)
            }
        }
    }

    package func nextHint() async throws(BusError) -> ControlHint? {
        let answer = await waiting(for: ControlHint?.self) { id, state, continuation in
            if state.processes[process].isClosed || state.isCancelled(id) {
                state.effects.append { continuation.resume(returning: .failure(closedError)) }
            } else {
                state.processes[process].hint = (id, continuation)
            }
        }
        return try answer.get()
    }

    package func state() async -> BusState {
        broker.change { [process] state in
            let again = state.processes[process].toDeclareAgain
            state.processes[process].toDeclareAgain = []
            state.objects.formUnion(again.intersection(state.processes[process].subscriptions))
            return BusState(
                isConnected: state.isConnected(process) && !state.processes[process].isPaused,
                reconnects: max(state.processes[process].connects - 1, 0),
                refused: state.refusals.filter { state.processes[process].subscriptions.contains($0.key) })
        }
    }

    package func close() async {
        kill()
    }

    /// Ends this process's bus at once: unacknowledged messages go back, every verb fails from now on.
    package func kill() {
        broker.change { [process] state in state.end(process) }
    }
}
