// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Logging
import Shared

/// Publishes decided actions and marks the confirmed ones: the last two of the five steps.
///
/// Batches overlap, up to ``EngineSettings/publishers`` at a time. What is not confirmed is published again, with the same
/// `message_id`; what cannot be published is left to the rescuer, whose deadline stands in the run's document.
package actor ActionPublisher {
    private let context: EngineContext
    private let alarm = Alarm()
    private let drained = Alarm()
    private var backlog: Deque<PendingAction> = []
    private var keys: Set<PendingAction.Key> = []
    private var confirmed = RecentKeys(capacity: 10_000)
    private var batchesInFlight = 0

    /// A publisher with nothing to do.
    package init(_ context: EngineContext) {
        self.context = context
    }

    /// Whether more may be decided; false while the broker takes nothing and too much is in memory.
    var hasRoom: Bool { keys.count < context.settings.maxUnpublished }

    /// Whether an action of the run is on its way.
    func isPending(_ run: Run) -> Bool {
        guard let action = run.unpublishedAction else { return false }
        return keys.contains(PendingAction.Key(runID: run.id, action: action, attempt: run.attempt))
    }

    /// Takes actions over; those that are on their way already are left out.
    func enqueue(_ actions: [PendingAction]) {
        for action in actions where keys.insert(action.key).inserted { backlog.append(action) }
        context.metrics.set(.actionsUnpublished, to: keys.count)
        if !backlog.isEmpty { alarm.ring() }
    }

    /// Publishes until the task is cancelled.
    package func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                while batchesInFlight < context.settings.publishers, !backlog.isEmpty {
                    let count = min(backlog.count, context.settings.batchSize)
                    let batch = Array(backlog.prefix(count))
                    backlog.removeFirst(count)
                    batchesInFlight += 1
                    group.addTask { await self.deliver(batch) }
                }
                await alarm.wait()
            }
        }
    }

    /// Waits until nothing is on its way, at most so long.
    func drain(atMost limit: Duration) async {
        let end = context.clock.uptime() + limit
        while !keys.isEmpty, context.clock.uptime() < end, !Task.isCancelled {
            await drained.wait(for: .milliseconds(50), clock: context.clock)
        }
    }

    private func deliver(_ batch: [PendingAction]) async {
        var rest = batch
        var backoff = Backoff(initial: .milliseconds(50), maximum: .seconds(1), random: context.random)
        for _ in 0..<6 where !rest.isEmpty {
            rest = await attempt(rest)
            guard !rest.isEmpty else { break }
            do { try await context.clock.sleep(for: backoff.next()) } catch { break }
            rest = await stillWanted(rest)
        }
        forget(rest)
        batchesInFlight -= 1
        alarm.ring()
        if keys.isEmpty { drained.ring() }
    }

    /// Publishes and marks; gives back what is to be tried again.
    private func attempt(_ batch: [PendingAction]) async -> [PendingAction] {
        do { try await context.bus.ready() } catch { return batch }
        let mine = await ownedOnes(of: batch)
        // Decided again by somebody who had read the run before it was marked.
        var confirmed = mine.filter { self.confirmed.contains($0.key) }
        let owned = mine.filter { !self.confirmed.contains($0.key) }
        let outcomes = owned.isEmpty ? [] : await context.bus.publish(owned.map(\.message))
        var again: [PendingAction] = []
        for (action, outcome) in zip(owned, outcomes) {
            switch outcome {
            case .confirmed:
                confirmed.append(action)
                self.confirmed.insert(action.key)
                context.metrics.count(.actionsConfirmed)
            case .unroutable:
                context.metrics.count(.actionsUnroutable)
                again.append(action)
            case .unconfirmed:
                context.metrics.count(.actionsUnconfirmed)
                again.append(action)
            case .refused(let reason):
                context.logger.log(
                    .error, "broker refuses the job's objects, its actions wait",
                    [
                        .job: "\(action.message.jobName)", .run: "\(action.message.runID)", .error: "\(reason)",
                    ])
                forget([action])
            }
        }
        await mark(confirmed)
        forget(confirmed)
        return again
    }

    /// Those whose job is still ours; waits while the lease has run out, for it may come back or be lost.
    private func ownedOnes(of batch: [PendingAction]) async -> [PendingAction] {
        while !context.lease.isValid, !Task.isCancelled {
            do { try await context.clock.sleep(for: .milliseconds(100)) } catch { break }
        }
        let mayAct = context.lease.isValid
        let owned = batch.filter { action in
            mayAct && (action.lockEpoch.map { context.table.holds(action.message.jobName, epoch: $0) } ?? true)
        }
        if owned.count < batch.count { forget(Array(Set(batch).subtracting(owned))) }
        return owned
    }

    /// Those that their runs still call for; all of them while the database cannot say.
    private func stillWanted(_ batch: [PendingAction]) async -> [PendingAction] {
        guard let runs = try? await context.store.runs(batch.map(\.message.runID)) else { return batch }
        let wanted = Set(
            runs.compactMap { run in
                run.unpublishedAction.map { PendingAction.Key(runID: run.id, action: $0, attempt: run.attempt) }
            })
        forget(batch.filter { !wanted.contains($0.key) })
        return batch.filter { wanted.contains($0.key) }
    }

    private func mark(_ confirmed: [PendingAction]) async {
        guard !confirmed.isEmpty else { return }
        let now = context.clock.now()
        let marks = confirmed.map { action in
            let deadline = action.cancelDeadline ?? (action.startTimeout > .zero ? now + action.startTimeout : nil)
            return PublishedMark(
                id: action.message.runID, action: action.message.action, attempt: action.message.attempt,
                publishedAt: now, deadline: deadline)
        }
        do {
            _ = try await context.untilStored("mark published") { () throws(StoreError) in
                try await context.store.markPublished(marks)
            }
        } catch {
            context.logger.log(.error, "cannot mark actions as published", [.error: "\(error)"])
        }
    }

    private func forget(_ actions: [PendingAction]) {
        for action in actions { keys.remove(action.key) }
        context.metrics.set(.actionsUnpublished, to: keys.count)
    }
}
