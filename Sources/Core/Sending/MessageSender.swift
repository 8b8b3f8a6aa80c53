// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Shared

/// Publishes the runs that are messages to exchanges of others, and tells ``ReportIngest`` how each ended: completed once the
/// broker has it, a failed attempt where the broker does not want it (contract, section 9).
///
/// While the broker is away, or does not answer, a run waits and uses no attempt; it is published again under the same id. Nothing
/// is marked as published: a run that nobody knows the end of is pending, and whoever comes new to its job publishes it again.
actor MessageSender: OutcomeSender {
    private struct Entry {
        let isFirstHand: Bool
        let lockEpoch: Int64?
        var wasHanded = false
    }

    let reports = OutcomeReports()
    private let environment: EngineEnvironment
    private let holdings: Holdings
    private let runs: any RunLedger
    private let sink: any MessageSink
    private let alarm = Alarm()
    private let drained = Alarm()
    private var backlog: Deque<PendingAction> = []
    private var entries: [PendingAction.Key: Entry] = [:]
    private var done = RecentKeys(capacity: 10_000)
    private var batchesInFlight = 0
    private var isDraining = false

    /// A sender with nothing to do.
    init(_ environment: EngineEnvironment, _ holdings: Holdings, runs: any RunLedger, sink: any MessageSink) {
        self.environment = environment
        self.holdings = holdings
        self.runs = runs
        self.sink = sink
    }

    /// Whether more may be decided; false while the broker takes nothing and too much is in memory.
    var hasRoom: Bool { entries.count < environment.settings.maxUnpublished }

    /// Whether the action that the run calls for is here.
    func isPending(_ run: Run) -> Bool {
        guard let action = run.unpublishedAction else { return false }
        return entries[PendingAction.Key(runID: run.id, action: action, attempt: run.attempt)] != nil
    }

    /// Takes the message of a run that is to be cancelled back; see ``ActionPublisher/withdraw(_:)``.
    func withdraw(_ run: Run) -> Bool {
        let key = PendingAction.Key(runID: run.id, action: .run, attempt: run.attempt)
        guard let entry = entries[key], !entry.wasHanded else { return false }
        // Whoever read the run before it was cancelled may still bring it.
        done.insert(key)
        forget([key])
        guard entry.isFirstHand, holdings.lease.isValid, let epoch = entry.lockEpoch else { return false }
        return holdings.table.holds(run.jobName, epoch: epoch)
    }

    /// Takes actions over; those that are here already are left out.
    func enqueue(_ actions: [PendingAction]) {
        for action in actions where entries[action.key] == nil {
            guard action.outgoing != nil else {
                cancel(action)
                continue
            }
            guard !isDraining, !done.contains(action.key) else { continue }
            entries[action.key] = Entry(isFirstHand: action.isFirstHand, lockEpoch: action.lockEpoch)
            backlog.append(action)
        }
        alarm.ring()
    }

    /// Ends a run whose message is not to be sent any more; one that is on its way ends it otherwise, which counts if it is first.
    private func cancel(_ action: PendingAction) {
        let run = PendingAction.Key(runID: action.message.runID, action: .run, attempt: action.message.attempt)
        done.insert(run)
        forget([run])
        entries[action.key] = Entry(isFirstHand: false, lockEpoch: action.lockEpoch)
        report(.cancelled, of: action)
    }

    /// Publishes until the task is cancelled.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                while batchesInFlight < environment.settings.publishers, !backlog.isEmpty {
                    let batch = Array(backlog.prefix(environment.settings.batchSize))
                    backlog.removeFirst(batch.count)
                    batchesInFlight += 1
                    group.addTask { await self.deliver(batch) }
                }
                await alarm.wait()
            }
        }
    }

    private func deliver(_ batch: [PendingAction]) async {
        var rest = batch
        var backoff = Backoff(initial: .milliseconds(50), maximum: .seconds(1), random: environment.random)
        while !rest.isEmpty {
            rest = await attempt(rest)
            guard !rest.isEmpty else { break }
            do { try await environment.clock.sleep(for: backoff.next()) } catch { break }
        }
        forget(rest.map(\.key))
        batchesInFlight -= 1
        alarm.ring()
    }

    /// Publishes; gives back what is to be tried again.
    private func attempt(_ batch: [PendingAction]) async -> [PendingAction] {
        guard let wanted = await wanted(of: batch) else {
            forget(batch.map(\.key))
            return []
        }
        let now = environment.clock.now()
        var ready: [(action: PendingAction, message: OutgoingMessage)] = []
        for action in wanted {
            guard let outgoing = action.outgoing else { continue }
            do throws(InvalidText) {
                ready.append((action, try outgoing.message(at: now)))
            } catch {
                report(.failed, of: action, error.reason)
            }
        }
        guard !ready.isEmpty else { return [] }
        for (action, _) in ready { entries[action.key]?.wasHanded = true }
        let outcomes = await sink.send(ready.map(\.message))
        var again: [PendingAction] = []
        for ((action, message), outcome) in zip(ready, outcomes) {
            let place = "exchange \"\(message.exchange)\", key \"\(message.routingKey)\""
            switch outcome {
            case .confirmed:
                environment.metrics.count(.actionsConfirmed)
                report(.completed, of: action)
            case .unconfirmed:
                environment.metrics.count(.actionsUnconfirmed)
                again.append(action)
            case .unroutable:
                environment.metrics.count(.actionsUnroutable)
                report(.failed, of: action, "returned by the broker, no queue takes it: \(EscapedText.bare(place))")
            case .nacked:
                environment.metrics.count(.actionsNacked)
                report(.failed, of: action, "refused by the broker: \(EscapedText.bare(place))")
            case .refused(let reason):
                report(.failed, of: action, "refused by the broker: \(EscapedText.bare(reason))")
            }
        }
        return again
    }

    /// Waits until messages can be published, then gives those that may be; what has waited for long is looked at again.
    ///
    /// `nil` when there will never be a connection any more.
    private func wanted(of batch: [PendingAction]) async -> [PendingAction]? {
        var mine = batch
        var knownAt = batch.map(\.message.decidedAt).min() ?? environment.clock.now()
        while true {
            do { try await sink.ready() } catch { return nil }
            while !holdings.lease.isValid, !Task.isCancelled {
                do { try await environment.clock.sleep(for: .milliseconds(100)) } catch { return nil }
            }
            let owned = mine.filter { action in
                entries[action.key] != nil
                    && action.lockEpoch.map { holdings.table.holds(action.message.jobName, epoch: $0) } ?? false
            }
            forget(Set(mine.map(\.key)).subtracting(owned.map(\.key)))
            mine = owned
            guard !mine.isEmpty, environment.clock.now() - knownAt > .seconds(1), !Task.isCancelled else { return mine }
            if let found = try? await runs.runs(mine.map(\.message.runID)) {
                let wanted = Set(
                    found.compactMap { run in
                        run.unpublishedAction == .run
                            ? PendingAction.Key(runID: run.id, action: .run, attempt: run.attempt) : nil
                    })
                forget(mine.map(\.key).filter { !wanted.contains($0) })
                mine = mine.filter { wanted.contains($0.key) }
            }
            knownAt = environment.clock.now()
        }
    }

    private func report(_ status: RunStatus, of action: PendingAction, _ error: String? = nil) {
        guard entries[action.key] != nil else { return }
        var message = WorkerMessage(
            runID: action.message.runID, content: .status(status), attempt: action.message.attempt)
        message.sentUnder = action.lockEpoch ?? 0
        message.error = error
        reports.append(
            OutcomeReport(
                message: message, jobName: action.message.jobName, key: action.key, isLast: true, known: action.known))
    }

    func stored(_ batch: [OutcomeReport], _ runs: [RunID: KnownRun]) {
        for report in batch { done.insert(report.key) }
        forget(batch.map(\.key))
    }

    /// Publishes nothing more that has not been begun, and waits until the end of all else is stored, at most so long; gives
    /// whether that came true.
    func drain(atMost limit: Duration) async -> Bool {
        isDraining = true
        forget(backlog.map(\.key))
        backlog = []
        let end = environment.clock.uptime() + limit
        while !entries.isEmpty, environment.clock.uptime() < end, !Task.isCancelled {
            await drained.wait(for: .milliseconds(50), clock: environment.clock)
        }
        return entries.isEmpty
    }

    private func forget(_ keys: some Sequence<PendingAction.Key>) {
        for key in keys { entries[key] = nil }
        if entries.isEmpty { drained.ring() }
    }
}
