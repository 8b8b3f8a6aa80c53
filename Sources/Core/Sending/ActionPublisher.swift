// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Logging
import Shared

/// Publishes decided actions and marks the confirmed ones: the last two of the five steps.
///
/// Batches overlap, up to ``EngineSettings/publishers`` at a time; what they have confirmed while the last mark was written,
/// and in the ``EngineSettings/markGathering`` after it, is marked with the next, all in one. What is not confirmed is
/// published again, with the same `message_id`; what cannot be published is left to the deadline sweep, whose deadline stands
/// in the run's document.
actor ActionPublisher {
    private let environment: EngineEnvironment
    private let holdings: Holdings
    private let runs: any RunLedger
    private let sink: any ActionSink
    private let alarm = Alarm()
    private let drained = Alarm()
    private let confirms = Alarm()
    private var backlog: Deque<PendingAction> = []
    /// Confirmed and not yet marked.
    private var unmarked: [PendingAction] = []
    private var keys: [PendingAction.Key: Standing] = [:]
    private var confirmed = RecentKeys(capacity: 10_000)
    /// Whoever read a run before it was cancelled may still bring what was taken back.
    private var withdrawn = RecentKeys(capacity: 10_000)
    private var batchesInFlight = 0

    /// How far an action has come.
    private struct Standing {
        let isFirstHand: Bool
        let lockEpoch: Int64?
        var wasHanded = false
    }

    /// A publisher with nothing to do.
    init(_ environment: EngineEnvironment, _ holdings: Holdings, runs: any RunLedger, sink: any ActionSink) {
        self.environment = environment
        self.holdings = holdings
        self.runs = runs
        self.sink = sink
    }

    /// Whether more may be decided; false while the broker takes nothing and too much is in memory.
    var hasRoom: Bool { keys.count < environment.settings.maxUnpublished }

    /// Whether an action of the run is on its way.
    func isPending(_ run: Run) -> Bool {
        guard let action = run.unpublishedAction else { return false }
        return keys[PendingAction.Key(runID: run.id, action: action, attempt: run.attempt)] != nil
    }

    /// Takes the run action of a run that is to be cancelled back.
    ///
    /// Gives whether surely nobody has handed it to the broker: it was this instance's from the first, is still under the
    /// same lock, and never left. It is not published any more in any case, unless it is on its way right now.
    func withdraw(_ run: Run) -> Bool {
        let key = PendingAction.Key(runID: run.id, action: .run, attempt: run.attempt)
        guard let standing = keys[key], !standing.wasHanded else { return false }
        withdrawn.insert(key)
        forget([key])
        guard standing.isFirstHand, holdings.lease.isValid, let epoch = standing.lockEpoch else { return false }
        return holdings.table.holds(run.jobName, epoch: epoch)
    }

    /// Takes actions over; those that are on their way already are left out.
    func enqueue(_ actions: [PendingAction]) {
        for action in actions where keys[action.key] == nil && !withdrawn.contains(action.key) {
            // Whoever read the run before its confirm was noted may bring it once more.
            let isFirstHand = action.isFirstHand && !confirmed.contains(action.key)
            keys[action.key] = Standing(isFirstHand: isFirstHand, lockEpoch: action.lockEpoch)
            backlog.append(action)
        }
        environment.metrics.set(.actionsUnpublished, to: keys.count)
        if !backlog.isEmpty { alarm.ring() }
    }

    /// Publishes until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.markConfirmed() }
            while !Task.isCancelled {
                while batchesInFlight < environment.settings.publishers, !backlog.isEmpty {
                    let count = min(backlog.count, environment.settings.batchSize)
                    let batch = Array(backlog.prefix(count))
                    backlog.removeFirst(count)
                    batchesInFlight += 1
                    group.addTask { await self.deliver(batch) }
                }
                await alarm.wait()
            }
        }
    }

    /// Waits until nothing is on its way, at most so long; gives whether that came true.
    func drain(atMost limit: Duration) async -> Bool {
        let end = environment.clock.uptime() + limit
        while !keys.isEmpty, environment.clock.uptime() < end, !Task.isCancelled {
            await drained.wait(for: .milliseconds(50), clock: environment.clock)
        }
        return keys.isEmpty
    }

    private func deliver(_ batch: [PendingAction]) async {
        var troubles = PublishTroubles()
        var rest = await attempt(batch, &troubles)
        // What the broker does not take keeps nobody else waiting.
        batchesInFlight -= 1
        alarm.ring()
        troubles.report(environment.logger)
        var backoff = Backoff(initial: .milliseconds(50), maximum: .seconds(1), random: environment.random)
        for _ in 0..<5 where !rest.isEmpty {
            do { try await environment.clock.sleep(for: backoff.next()) } catch { break }
            rest = await stillWanted(rest)
            guard !rest.isEmpty else { break }
            rest = await attempt(rest, &troubles)
            troubles.report(environment.logger)
        }
        forget(rest.map(\.key))
        if keys.isEmpty { drained.ring() }
    }

    /// Publishes and marks; gives back what is to be tried again.
    private func attempt(_ batch: [PendingAction], _ troubles: inout PublishTroubles) async -> [PendingAction] {
        guard let mine = await prepare(batch) else { return batch }
        // Decided again by somebody who had read the run before it was marked.
        var confirmed = mine.filter { self.confirmed.contains($0.key) }
        let owned = mine.filter { !self.confirmed.contains($0.key) }
        for action in owned { keys[action.key]?.wasHanded = true }
        let outcomes = owned.isEmpty ? [] : await sink.publish(owned.map(\.message))
        var again: [PendingAction] = []
        for (action, outcome) in zip(owned, outcomes) {
            switch outcome {
            case .confirmed:
                confirmed.append(action)
                self.confirmed.insert(action.key)
                environment.metrics.count(.actionsConfirmed)
            case .unroutable:
                environment.metrics.count(.actionsUnroutable)
                again.append(action)
            case .unconfirmed:
                environment.metrics.count(.actionsUnconfirmed)
                again.append(action)
            case .nacked:
                environment.metrics.count(.actionsUnconfirmed)
                environment.metrics.count(.actionsNacked)
                troubles.nacked(action.message.jobName)
                again.append(action)
            case .refused(let reason):
                troubles.refused(action.message.workers, reason)
                forget([action.key])
            }
        }
        unmarked += confirmed
        if !confirmed.isEmpty { confirms.ring() }
        return again
    }

    private func markConfirmed() async {
        while !Task.isCancelled {
            guard !unmarked.isEmpty else {
                await confirms.wait()
                continue
            }
            if unmarked.count < environment.settings.batchSize / 5 {
                try? await environment.clock.sleep(for: environment.settings.markGathering)
            }
            let batch = unmarked
            unmarked = []
            await mark(batch)
            forget(batch.map(\.key))
            if keys.isEmpty { drained.ring() }
        }
    }

    /// Waits until messages can be published, then gives those that may be; what has waited for long is looked at again,
    /// for its run may have been cancelled meanwhile.
    ///
    /// `nil` when there will never be a connection any more.
    private func prepare(_ batch: [PendingAction]) async -> [PendingAction]? {
        var mine = batch
        var knownAt = batch.map(\.message.decidedAt).min() ?? environment.clock.now()
        while true {
            do { try await sink.ready() } catch { return nil }
            mine = await ownedOnes(of: mine.filter { keys[$0.key] != nil })
            guard !mine.isEmpty, environment.clock.now() - knownAt > .seconds(1), !Task.isCancelled else { break }
            mine = await stillWanted(mine)
            knownAt = environment.clock.now()
        }
        return mine.filter { keys[$0.key] != nil }
    }

    /// Those whose job is still ours; waits while the lease has run out, for it may come back or be lost.
    private func ownedOnes(of batch: [PendingAction]) async -> [PendingAction] {
        while !holdings.lease.isValid, !Task.isCancelled {
            do { try await environment.clock.sleep(for: .milliseconds(100)) } catch { break }
        }
        let mayAct = holdings.lease.isValid
        let owned = batch.filter { action in
            mayAct && (action.lockEpoch.map { holdings.table.holds(action.message.jobName, epoch: $0) } ?? true)
        }
        if owned.count < batch.count { forget(Array(Set(batch.map(\.key)).subtracting(owned.map(\.key)))) }
        return owned
    }

    /// Those that their runs still call for; all of them while the database cannot say.
    private func stillWanted(_ batch: [PendingAction]) async -> [PendingAction] {
        guard let found = try? await runs.runs(batch.map(\.message.runID)) else { return batch }
        let wanted = Set(
            found.compactMap { run in
                run.unpublishedAction.map { PendingAction.Key(runID: run.id, action: $0, attempt: run.attempt) }
            })
        forget(batch.map(\.key).filter { !wanted.contains($0) })
        return batch.filter { wanted.contains($0.key) }
    }

    private func mark(_ confirmed: [PendingAction]) async {
        let now = environment.clock.now()
        let marks = confirmed.map { action in
            let deadline = action.cancelDeadline ?? (action.startTimeout > .zero ? now + action.startTimeout : nil)
            return PublishedMark(
                id: action.message.runID, action: action.message.action, attempt: action.message.attempt,
                publishedAt: now, deadline: deadline)
        }
        do {
            _ = try await environment.untilStored("mark published") { () throws(StoreError) in
                try await runs.markPublished(marks)
            }
        } catch {
            environment.logger.log(.error, "cannot mark actions as published", [.error: "\(error)"])
        }
    }

    private func forget(_ forgotten: [PendingAction.Key]) {
        for key in forgotten { keys[key] = nil }
        environment.metrics.set(.actionsUnpublished, to: keys.count)
    }
}
