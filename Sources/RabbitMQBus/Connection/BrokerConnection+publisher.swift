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
