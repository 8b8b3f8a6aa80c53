// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

private let cancelled = BusError(.closed, "the caller was cancelled")

extension BrokerConnection where Role == ConsumerRole {
    func subscribe(_ jobs: [JobName]) {
        role.subscribe(jobs)
    }

    func drain(_ jobs: [JobName]) {
        role.roster.drain(jobs)
    }

    func unsubscribe(_ jobs: [JobName]) {
        role.unsubscribe(jobs)
    }

    func acknowledge(_ receipt: Delivery.Receipt) {
        role.acknowledge(receipt)
    }

    func deliveries(_ id: UInt64, limit: Int) async -> Result<[Delivery], BusError> {
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
