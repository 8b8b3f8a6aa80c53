// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

let closedError = BusError(.closed, "the bus is closed")

extension MemoryBus {
    /// Waits for an answer; `register` stores the continuation or has it answered.
    func waiting<Value: Sendable>(
        for _: Value.Type,
        _ register:
            @Sendable (UInt64, inout MemoryBusState, CheckedContinuation<Result<Value, BusError>, Never>) -> Void
    ) async -> Result<Value, BusError> {
        let id = broker.change { state in
            state.lastWaiter += 1
            return state.lastWaiter
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                broker.change { register(id, &$0, continuation) }
            }
        } onCancel: { [broker, process] in
            broker.change { $0.cancel(id, of: process) }
        }
    }

    /// Waits while the broker holds its confirms back.
    func confirms() async {
        await withCheckedContinuation { continuation in
            broker.change { [process] state in
                if state.isHoldingConfirms, !state.processes[process].isClosed {
                    state.heldConfirms.append((process, continuation))
                } else {
                    state.effects.append { continuation.resume() }
                }
            }
        }
    }
}

extension MemoryBusState {
    /// Whether the waiter was cancelled before it began to wait.
    func isCancelled(_ id: UInt64) -> Bool { cancelledWaiters.contains(id) }

    mutating func cancel(_ id: UInt64, of process: Int) {
        cancelledWaiters.insert(id)
        if let waiter = processes[process].ready.removeValue(forKey: id) {
            effects.append { waiter.resume(returning: .failure(closedError)) }
        }
        if let waiter = processes[process].deliveries, waiter.id == id {
            processes[process].deliveries = nil
            effects.append { waiter.2.resume(returning: .failure(closedError)) }
        }
        if let waiter = processes[process].hint, waiter.id == id {
            processes[process].hint = nil
            effects.append { waiter.1.resume(returning: .failure(closedError)) }
        }
    }

    /// Publishes a batch, with the faults that are due.
    mutating func publish(_ batch: [ActionMessage], by process: Int) -> [PublishOutcome] {
        guard isConnected(process) else { return batch.map { _ in .unconfirmed } }
        var outcomes: [PublishOutcome] = []
        var isLost = false
        for message in batch {
            guard !isLost else {
                outcomes.append(.unconfirmed)
                continue
            }
            publishes += 1
            objects.insert(message.workers)
            let fault = lostConfirms.removeValue(forKey: publishes)
            isLost = fault != nil
            if let reason = refusals[message.workers] {
                outcomes.append(.refused(reason))
            } else if unroutable.remove(message.workers) != nil {
                outcomes.append(.unroutable)
            } else {
                if fault ?? true { actions.append(MemoryBroker.Action(message: message, process: process)) }
                outcomes.append(fault == nil ? .confirmed : .unconfirmed)
            }
        }
        if isLost { processes[process].connects += 1 }
        return outcomes
    }

    mutating func send(_ batch: [OutgoingMessage], by process: Int) -> [PublishOutcome] {
        guard isConnected(process) else { return batch.map { _ in .unconfirmed } }
        var isLost = false
        let outcomes = batch.map { message -> PublishOutcome in
            guard !isLost else { return .unconfirmed }
            publishes += 1
            let fault = lostConfirms.removeValue(forKey: publishes)
            isLost = fault != nil
            if let answer = exchanges[message.exchange] { return answer }
            if fault ?? true { sent.append(message) }
            return isLost ? .unconfirmed : .confirmed
        }
        if isLost { processes[process].connects += 1 }
        return outcomes
    }
}
