// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import RabbitMQBus
import Shared

/// Some jobs, and the five steps for one round of their slots, as plain calls of our wrappers.
///
/// Rounds of one lane come in order; lanes do not know each other.
struct LimitsLane: Sendable {
    let jobs: [OwnedJob]
    let manager: ManagerID
    let store: MongoSchedulerStore
    let bus: RabbitMQBus
    /// The slot of round 0.
    let first: Timestamp
    /// Tells the ids of this lane's runs from those of the others.
    let number: Int

    /// The runs of a round; their ids are those of the round, so asking again gives the same.
    func runs(round: Int) -> [Run] {
        let slot = slot(round)
        return jobs.enumerated().map { index, owned in
            Run(
                id: RunID(
                    Identifier(
                        high: UInt64(slot.millisecondsSinceEpoch / 1000) << 32 | UInt64(number + 1),
                        low: UInt32(round << 12 | index))),
                jobName: owned.job.name, createdTime: slot, scheduledTime: slot, deadline: slot + .seconds(30),
                lockEpoch: owned.lockEpoch)
        }
    }

    /// The messages for these runs.
    func actions(for runs: [Run]) -> [ActionMessage] {
        runs.map {
            ActionMessage(
                jobName: $0.jobName, runID: $0.id, action: .run, attempt: 1, scheduledTime: $0.scheduledTime,
                payload: nil, decidedAt: $0.createdTime)
        }
    }

    /// Step 2.
    func insert(_ runs: [Run]) async throws {
        _ = try await store.insertOrAdopt(runs)
    }

    /// Step 3.
    func advance(round: Int, by rounds: Int = 1) async throws {
        let steps = jobs.map {
            JobAdvance(
                name: $0.job.name, managerID: manager, lockEpoch: $0.lockEpoch, from: slot(round),
                to: slot(round + rounds))
        }
        guard try await store.advance(steps).count == jobs.count else {
            throw BenchmarkFailure("the database did not advance all jobs")
        }
    }

    /// Step 4.
    func publish(_ runs: [Run]) async throws {
        guard await bus.publish(actions(for: runs)).allSatisfy({ $0 == .confirmed }) else {
            throw BenchmarkFailure("the broker did not confirm all messages")
        }
    }

    /// Step 5.
    func mark(_ runs: [Run]) async throws {
        let now = WallClock.now()
        try await store.markPublished(
            runs.map { PublishedMark(id: $0.id, action: .run, attempt: 1, publishedAt: now, deadline: nil) })
    }

    private func slot(_ round: Int) -> Timestamp { first + .seconds(round) }
}
