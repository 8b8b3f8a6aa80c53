// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

private let cancelled = BusError(.closed, "the caller was cancelled")

extension BrokerConnection where Role == PublisherRole {
    /// Publishes and waits for all outcomes.
    func publish(_ requests: sending [PublishRequest], within limit: Duration) async -> [PublishOutcome] {
        guard !requests.isEmpty else { return [] }
        return await withCheckedContinuation { continuation in
            role.submit(
                PublishBatch(requests, deadline: .now + limit) { continuation.resume(returning: $0) })
        }
    }

    func announce(_ hint: ControlHint) {
        role.announce(hint)
    }

    func ready(_ id: UInt64) async -> Result<Void, BusError> {
        if role.isClosed { return .failure(BusError(.closed, "the bus is closed")) }
        if role.isReady { return .success(()) }
        return await withCheckedContinuation { continuation in
            // A cancellation from before this has found nobody to answer.
            guard !Task.isCancelled else { return continuation.resume(returning: .failure(cancelled)) }
            role.readyWaiters.add(id, continuation)
        }
    }

    func cancelReady(_ id: UInt64) {
        role.readyWaiters.answer(id, .failure(cancelled))
    }
}

extension BrokerConnection where Role == ConsumerRole {
    func subscribe(_ workers: [WorkerAddress]) {
        role.subscribe(workers)
    }

    func drain(_ workers: [WorkerAddress]) {
        role.roster.drain(workers)
    }

    func unsubscribe(_ workers: [WorkerAddress]) {
        role.unsubscribe(workers)
    }

    func acknowledge(_ receipt: ConsumerRole.Receipt) {
        role.acknowledge(receipt)
    }

    func deliveries(_ id: UInt64, limit: Int) async -> Result<ConsumerRole.Taken, BusError> {
        await withCheckedContinuation { continuation in
            // A cancellation from before this has found nobody to answer.
            guard !Task.isCancelled else { return continuation.resume(returning: .failure(cancelled)) }
            role.awaitDeliveries(id, limit: limit, continuation)
        }
    }

    func cancelDeliveries(_ id: UInt64) {
        role.cancelDeliveries(id, cancelled)
    }

    func nextHint(_ id: UInt64) async -> Result<ControlHint?, BusError> {
        await withCheckedContinuation { continuation in
            guard !Task.isCancelled else { return continuation.resume(returning: .failure(cancelled)) }
            role.awaitHint(id, continuation)
        }
    }

    func cancelHint(_ id: UInt64) {
        role.hintWaiters.answer(id, .failure(cancelled))
    }
}

extension BrokerConnection where Role == RemoverRole {
    /// Removes the objects of a job, over a connection that is made for it when there is none, and waits for the outcome.
    func remove(_ job: JobName, within limit: Duration) async -> ReleaseOutcome {
        await withCheckedContinuation { continuation in
            role.remove(RemovalRequest(job: job, deadline: .now + limit) { continuation.resume(returning: $0) })
            start()
        }
    }
}
