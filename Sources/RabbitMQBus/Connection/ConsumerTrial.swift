// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Whether a job can be consumed whose consumers the broker has refused: tried on a channel of its own, since a refusal there
/// gives nobody's deliveries back.
struct ConsumerTrial {
    let job: JobName
    private var unanswered: Int

    /// What to send: begins to consume each queue and ends it, then gives back what was delivered meanwhile.
    let methods: [OutboundMethod]

    init(of job: JobName) {
        self.job = job
        methods =
            [Delivery.Kind.status, .heartbeat].flatMap { kind -> [OutboundMethod] in
                let queue = Topology.queue(of: job, kind)
                return [.consume(queue: queue, tag: queue, needsAcks: true), .cancel(tag: queue)]
            } + [.recover]
        unanswered = methods.count
    }

    /// The broker did the oldest unanswered one; gives whether that was the last.
    mutating func replied() -> Bool {
        unanswered -= 1
        return unanswered == 0
    }
}
