// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import Logging
import Shared

/// Sends the runs that are requests, and tells ``ReportIngest`` what came of each.
///
/// Requests are in flight one by one, bounded in all, by host, and by job where it has a bound of its own; hosts take turns, so
/// a slow one holds up nobody else.
/// Nothing is marked as published: that a request is under way is known here alone, from before it is sent until its outcome
/// is stored. So whoever comes new to the job looks at all its unfinished requests (``RunLedger/unsettledRuns(of:after:limit:)``)
/// and sends them again.
actor RequestSender: OutcomeSender {
    /// The most that are queued, in flight, or waiting to be stored; what comes then is found again by its deadline.
    static let mostKept = 10_000

    private struct Entry {
        let isFirstHand: Bool
        let lockEpoch: Int64?
        /// Rings when the request is to be broken off.
        let abort = Alarm()
        var isAborted = false
        var wasHanded = false
    }

    let reports = OutcomeReports()
    private let environment: EngineEnvironment
    private let holdings: Holdings
    private let runs: any RunLedger
    private let sink: any RequestSink
    private let alarm = Alarm()
    private let drained = Alarm()
    private var entries: [PendingAction.Key: Entry] = [:]
    private var done = RecentKeys(capacity: mostKept)
    private var queues: [String: Deque<PendingAction>] = [:]
    /// Hosts that have a request waiting and room for it, each once.
    private var turns: Deque<String> = []
    private var inFlight: [String: Int] = [:]
    /// Their turn has come, but as many of their job were in flight as may be.
    private var held: [JobName: Deque<PendingAction>] = [:]
    private var jobsInFlight: [JobName: Int] = [:]
    private var countInFlight = 0
    private var isDraining = false

    /// A sender with nothing to do.
    init(_ environment: EngineEnvironment, _ holdings: Holdings, runs: any RunLedger, sink: any RequestSink) {
        self.environment = environment
        self.holdings = holdings
        self.runs = runs
        self.sink = sink
    }

    /// How many actions are queued, in flight, or waiting to be stored.
    var unfinishedCount: Int { entries.count }

    /// Whether the action that the run calls for is here.
    func isPending(_ run: Run) -> Bool {
        guard let action = run.unpublishedAction else { return false }
        return entries[PendingAction.Key(runID: run.id, action: action, attempt: run.attempt)] != nil
    }

    /// Whether the outcome of the run's current attempt is expected here.
    func isAtWork(_ run: Run) -> Bool {
        entries[PendingAction.Key(runID: run.id, action: .run, attempt: run.attempt)] != nil
    }

    /// Takes the request of a run that is to be cancelled back; see ``ActionPublisher/withdraw(_:)``.
    func withdraw(_ run: Run) -> Bool {
        let key = PendingAction.Key(runID: run.id, action: .run, attempt: run.attempt)
        guard let entry = entries[key], !entry.wasHanded else { return false }
        entries[key]?.isAborted = true
        // Whoever read the run before it was cancelled may still bring it.
        done.insert(key)
        guard entry.isFirstHand, holdings.lease.isValid, let epoch = entry.lockEpoch else { return false }
        return holdings.table.holds(run.jobName, epoch: epoch)
    }

    /// Takes actions over; those that are here already are left out.
    func enqueue(_ actions: [PendingAction]) {
        for action in actions where entries[action.key] == nil {
            guard let request = action.request else {
                cancel(action)
                continue
            }
            guard !isDraining, !done.contains(action.key), entries.count < Self.mostKept else { continue }
            entries[action.key] = Entry(isFirstHand: action.isFirstHand, lockEpoch: action.lockEpoch)
            let host = request.delivery.authority
            queues[host, default: []].append(action)
            if queues[host]?.count == 1 { offerTurn(host) }
        }
        alarm.ring()
    }

    /// Breaks the request off, where it is under way here, and ends the run.
    private func cancel(_ action: PendingAction) {
        let run = PendingAction.Key(runID: action.message.runID, action: .run, attempt: action.message.attempt)
        done.insert(run)
        if let entry = entries[run] {
            entries[run]?.isAborted = true
            entry.abort.ring()
        }
        entries[action.key] = Entry(isFirstHand: false, lockEpoch: action.lockEpoch)
        var message = WorkerMessage(
            runID: action.message.runID, content: .status(.cancelled), attempt: action.message.attempt)
        message.sentUnder = action.lockEpoch ?? 0
        report(message, of: action, isLast: true)
    }

    /// Sends requests until the task is cancelled, which breaks off what is under way.
    func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                while countInFlight < environment.settings.requests.inFlight, let (action, host) = next() {
                    group.addTask { await self.deliver(action, to: host) }
                }
                await alarm.wait()
            }
            group.cancelAll()
        }
    }

    /// The next request, for which the place is taken.
    private func next() -> (action: PendingAction, host: String)? {
        while let host = turns.popFirst() {
            guard let action = nextWithRoom(of: host) else { continue }
            inFlight[host, default: 0] += 1
            jobsInFlight[action.message.jobName, default: 0] += 1
            countInFlight += 1
            offerTurn(host)
            return (action, host)
        }
        return nil
    }

    /// The host's next request whose job has room for it; those before it wait until one of their job has ended.
    private func nextWithRoom(of host: String) -> PendingAction? {
        while let action = queues[host]?.popFirst() {
            if queues[host]?.isEmpty == true { queues[host] = nil }
            guard room(of: action) == 0 else { return action }
            held[action.message.jobName, default: []].append(action)
        }
        return nil
    }

    /// How many more requests of the action's job may be in flight, by the job as it is now.
    private func room(of action: PendingAction) -> Int {
        let job = action.message.jobName
        let delivery = holdings.table.job(job)?.job.delivery.http ?? action.request?.delivery
        guard let most = delivery?.maxConcurrent, most > 0 else { return .max }
        return max(0, most - jobsInFlight[job, default: 0])
    }

    /// Puts what was held, as far as there is room now, back in front of what came later.
    private func release(_ job: JobName) {
        guard let waiting = held.removeValue(forKey: job), let first = waiting.first else { return }
        let count = min(room(of: first), waiting.count)
        for action in waiting.prefix(count).reversed() {
            guard let host = action.request?.delivery.authority else { continue }
            queues[host, default: []].prepend(action)
            if queues[host]?.count == 1 { offerTurn(host) }
        }
        if count < waiting.count { held[job] = Deque(waiting.dropFirst(count)) }
    }

    private func offerTurn(_ host: String) {
        guard queues[host]?.isEmpty == false, inFlight[host, default: 0] < environment.settings.requests.perHost else {
            return
        }
        turns.append(host)
    }

    private func deliver(_ action: PendingAction, to host: String) async {
        let delivery = holdings.table.job(action.message.jobName)?.job.delivery
        let end = await end(of: action)
        let wasFull = inFlight[host] == environment.settings.requests.perHost
        inFlight[host] = inFlight[host].flatMap { $0 > 1 ? $0 - 1 : nil }
        countInFlight -= 1
        environment.metrics.set(.httpRequestsInFlight, to: countInFlight)
        if wasFull { offerTurn(host) }
        let job = action.message.jobName
        jobsInFlight[job] = jobsInFlight[job].flatMap { $0 > 1 ? $0 - 1 : nil }
        release(job)
        alarm.ring()
        guard let end, let epoch = action.lockEpoch, entries[action.key]?.isAborted == false, !Task.isCancelled
        else {
            return forget(action.key)
        }
        let now = environment.clock.now()
        let message = end.report(of: action.message, lockEpoch: epoch, now: now)
        report(message, of: action, isLast: true, gone: end.isGone ? delivery : nil)
    }

    /// Sends the request; `nil` when it was not to be sent, or was broken off.
    private func end(of action: PendingAction) async -> RequestEnd? {
        guard var request = action.request, let epoch = action.lockEpoch, await isWanted(action),
            let abort = entries[action.key]?.abort
        else { return nil }
        request.sentAt = environment.clock.now()
        entries[action.key]?.wasHanded = true
        environment.metrics.set(.httpRequestsInFlight, to: countInFlight)
        var running = WorkerMessage(
            runID: action.message.runID, content: .status(.running), attempt: action.message.attempt)
        running.sentUnder = epoch
        report(running, of: action, isLast: false)
        let limit = request.delivery.timeout
        return await withTaskGroup(of: (isSink: Bool, end: RequestEnd?).self) {
            [sink, request, clock = environment.clock] group in
            group.addTask { (true, await sink.send(request)) }
            group.addTask {
                await abort.wait()
                return (false, nil)
            }
            group.addTask {
                do { try await clock.sleep(for: limit) } catch { return (false, nil) }
                return (false, RequestEnd(outcome: .timeout(after: limit)))
            }
            guard let first = await group.next() else { return nil }
            group.cancelAll()
            guard !first.isSink, var end = first.end else { return first.end }
            // Broken off, it still knows how far it came.
            for await other in group where other.isSink { end.seen = other.end?.seen ?? end.seen }
            return end
        }
    }

    /// Whether the request may be sent now: under a valid lease and the lock that it was decided under, and, where it has
    /// waited, still called for by its run.
    private func isWanted(_ action: PendingAction) async -> Bool {
        while !holdings.lease.isValid, !Task.isCancelled, !isDraining {
            do { try await environment.clock.sleep(for: .milliseconds(100)) } catch { return false }
        }
        if environment.clock.now() - action.message.decidedAt > .seconds(1),
            let found = try? await runs.runs([action.message.runID])
        {
            guard let run = found.first, run.unpublishedAction == .run, run.attempt == action.message.attempt else {
                return false
            }
        }
        return entries[action.key]?.isAborted == false && !Task.isCancelled && !isDraining && holdings.lease.isValid
            && action.lockEpoch.map { holdings.table.holds(action.message.jobName, epoch: $0) } ?? false
    }

    private func report(
        _ message: WorkerMessage, of action: PendingAction, isLast: Bool, gone: JobDelivery? = nil
    ) {
        reports.append(
            OutcomeReport(
                message: message, jobName: action.message.jobName, key: action.key, isLast: isLast, gone: gone))
    }

    func stored(_ batch: [OutcomeReport]) {
        for report in batch where report.isLast {
            if case .status(let status) = report.message.content { environment.metrics.requested(status) }
            done.insert(report.key)
            forget(report.key)
        }
    }

    /// Sends nothing more and waits until all that was sent has its outcome stored, at most so long after somebody is in a
    /// hurry; gives whether that came true.
    func drain(atMost limit: Duration, from hurry: StopSignal) async -> Bool {
        isDraining = true
        for action in queues.values.joined() { forget(action.key) }
        for action in held.values.joined() { forget(action.key) }
        queues = [:]
        held = [:]
        var end: Duration?
        while !entries.isEmpty, !Task.isCancelled {
            if hurry.isRaised {
                end = end ?? environment.clock.uptime() + limit
                if let end, environment.clock.uptime() >= end { break }
            }
            await drained.wait(for: .milliseconds(50), clock: environment.clock)
        }
        return entries.isEmpty
    }

    private func forget(_ key: PendingAction.Key) {
        entries[key] = nil
        if entries.isEmpty { drained.ring() }
    }
}
