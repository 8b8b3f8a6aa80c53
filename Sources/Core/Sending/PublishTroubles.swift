// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// What the broker did not take of one batch of actions, through all tries: told once, not for each message.
struct PublishTroubles {
    private var nacks: [JobName: Int] = [:]
    private var refusals: [WorkerAddress: (count: Int, reason: String)] = [:]
    private var isReported = false

    /// The broker refused an action (basic.nack).
    mutating func nacked(_ job: JobName) {
        nacks[job, default: 0] += 1
    }

    /// The broker refuses the objects of the action's job or pool.
    mutating func refused(_ workers: WorkerAddress, _ reason: String) {
        refusals[workers] = ((refusals[workers]?.count ?? 0) + 1, reason)
    }

    /// Says what there is to say since the last time; of the tries to publish what was refused with a nack, the first only.
    mutating func report(_ logger: Logger) {
        if !nacks.isEmpty, !isReported {
            isReported = true
            logger.log(
                .warning, "the broker nacked actions (is a queue full?); publishing them again",
                [
                    .count: "\(nacks.values.reduce(0, +))",
                    .jobs: .firstTen(nacks.keys.sorted().map(\.text)),
                ])
        }
        for (workers, refusal) in refusals.sorted(by: { $0.key < $1.key }) {
            logger.log(
                .error, "the broker refuses the exchanges or queues of a job or a pool; its actions are held back",
                [.job: "\(workers)", .count: "\(refusal.count)", .error: "\(refusal.reason)"])
        }
        nacks = [:]
        refusals = [:]
    }
}
