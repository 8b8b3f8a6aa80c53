// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Whether queues can be consumed whose consumers the broker has refused: tried on a channel of its own, since a refusal there
/// gives nobody's deliveries back.
///
/// Begins to consume each queue and ends it, then gives back what was delivered meanwhile: one method after the other, for what
/// ``ConsumerLedger`` says.
struct ConsumerTrial {
    let workers: WorkerAddress
    /// The method that is next, or whose answer is awaited; `nil` when all went well.
    var method: OutboundMethod? { steps.first }

    private var steps: ArraySlice<OutboundMethod>

    init(of workers: WorkerAddress) {
        self.workers = workers
        let consuming = [Delivery.Kind.status, .heartbeat].flatMap { kind -> [OutboundMethod] in
            let queue = Topology.queue(of: workers, kind)
            return [.consume(queue: queue, tag: queue, needsAcks: true), .cancel(tag: queue)]
        }
        steps = (consuming + [.recover])[...]
    }

    /// The broker did it.
    mutating func replied() {
        steps = steps.dropFirst()
    }
}
