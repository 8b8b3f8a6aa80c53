// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Sends the runs that are requests, and tells ``ReportIngest`` what came of each.
///
/// Nothing is marked as published: that a request is under way is known here alone, from before it is sent until its outcome
/// is stored. So whoever comes new to the job looks at all its unfinished requests (``RunLedger/unsettledRuns(of:after:limit:)``)
/// and sends them again.
actor RequestSender: OutcomeSender {
    /// The most that are queued, in flight, or waiting to be stored; what comes then is found again by its deadline.
    static let mostKept = 10_000

    private struct Entry {
        let isFirstHand: Bool
        let lockEpoch: Int64?
        /// As it is known to be stored; `nil` = it has to be read.
        var known: KnownRun?
        var isAborted = false
        /// What it was broken off for while it was in flight.
        var cancel: PendingAction?
        var wasHanded = false
        var flight: Flight?
    }

    /// A request that is under way.
    private struct Flight {
        /// By the monotonic clock.
        let timeLimit: Duration
        /// Rings when the request has ended, or is to be broken off.
        let end = Alarm()
        var isLate = false
    }

    let reports = OutcomeReports()
    private let environment: EngineEnvironment
    private let holdings: Holdings
    private let runs: any RunLedger
    private let sink: any RequestSink
    /// Makes the addresses at which receivers report; `nil` = they cannot.
    private var callbacks: CallbackAddresses?
    private let alarm = Alarm()
    private let drained = Alarm()
    private var entries: [PendingAction.Key: Entry] = [:]
    private var done = RecentKeys(capacity: mostKept)
    private var queue: RequestQueue
    /// When the first of the requests in flight may be too late; looked at then, and not before.
    private var nextTimeLimit: Duration?
    private let timeLimits = Alarm()
    private var isDraining = false

    /// A sender with nothing to do.
    init(_ environment: EngineEnvironment, _ holdings: Holdings, runs: any RunLedger, sink: any RequestSink) {
        self.environment = environment
        self.holdings = holdings
        self.runs = runs
        self.sink = sink
        queue = RequestQueue(perHost: environment.settings.requests.perHost) { action in
            let delivery = holdings.table.delivery(of: action.message.jobName)?.http ?? action.request?.delivery
            return delivery?.maxConcurrent ?? 0
        }
    }

    /// Names an address to report at in every request from now on.
    func use(_ callbacks: CallbackAddresses) {
        self.callbacks = callbacks
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
            if action.message.action == .cancel, !cancel(action) { continue }
            guard !isDraining, !done.contains(action.key), entries.count < Self.mostKept else { continue }
            entries[action.key] = Entry(
                isFirstHand: action.isFirstHand, lockEpoch: action.lockEpoch, known: action.known)
            queue.append(action)
        }
        alarm.ring()
    }

    /// Breaks the request off, where it is under way here, and ends the run; gives whether its receiver, who has it, is to be told.
    private func cancel(_ action: PendingAction) -> Bool {
        let run = PendingAction.Key(runID: action.message.runID, action: .run, attempt: action.message.attempt)
        done.insert(run)
        entries[run]?.isAborted = true
        guard action.known.run.accepted == nil else { return true }
        entries[action.key] = Entry(isFirstHand: false, lockEpoch: action.lockEpoch)
        if let flight = entries[run]?.flight {
            // The end is told with what was seen of it.
            entries[run]?.cancel = action
            flight.end.ring()
        } else {
            reportCancelled(action)
        }
        return false
    }

    private func reportCancelled(_ action: PendingAction, seen: HTTPAttempt? = nil) {
        var message = WorkerMessage(
            runID: action.message.runID, content: .status(.cancelled), attempt: action.message.attempt)
        message.sentUnder = action.lockEpoch ?? 0
        message.seen = seen
        report(message, of: action, isLast: true)
    }

    /// Sends requests until the task is cancelled, which breaks off what is under way.
    func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watchTimeLimits() }
            while !Task.isCancelled {
                while queue.countInFlight < environment.settings.requests.inFlight, let action = queue.next() {
                    group.addTask { await self.deliver(action) }
                }
                await alarm.wait()
            }
            group.cancelAll()
        }
    }

    private func deliver(_ action: PendingAction) async {
        let delivery = holdings.table.delivery(of: action.message.jobName)
        let end = await end(of: action)
        queue.ended(action)
        environment.metrics.set(.httpRequestsInFlight, to: queue.countInFlight)
        alarm.ring()
        if action.message.action == .cancel { return await markTold(action) }
        if let cancel = entries[action.key]?.cancel { reportCancelled(cancel, seen: end?.seen) }
        guard let end, let epoch = action.lockEpoch, entries[action.key]?.isAborted == false, !Task.isCancelled
        else {
            return forget(action.key)
        }
        let now = environment.clock.now()
        let call = action.request?.call
        let message = end.report(
            of: action.message, call: call, lockEpoch: epoch, hasCallback: callbacks != nil, now: now)
        report(message, of: action, isLast: true, gone: end.isGone && call == nil ? delivery : nil)
    }

    /// Sends the request; `nil` when it was not to be sent, or was broken off.
    private func end(of action: PendingAction) async -> RequestEnd? {
        guard var request = action.request, let epoch = action.lockEpoch, await isWanted(action) else { return nil }
        request.sentAt = environment.clock.now()
        if request.call == nil {
            request.callback = callbacks?.address(of: action.message.runID, attempt: action.message.attempt)
        }
        let flight = Flight(timeLimit: environment.clock.uptime() + request.delivery.timeout)
        entries[action.key]?.wasHanded = true
        entries[action.key]?.flight = flight
        environment.metrics.set(.httpRequestsInFlight, to: queue.countInFlight)
        if action.message.action == .run {
            var running = WorkerMessage(
                runID: action.message.runID, content: .status(.running), attempt: action.message.attempt)
            running.sentUnder = epoch
            report(running, of: action, isLast: false)
        }
        if flight.timeLimit < nextTimeLimit ?? .seconds(Int64.max) {
            nextTimeLimit = flight.timeLimit
            timeLimits.ring()
        }
        var end = await withTaskGroup(of: RequestEnd?.self) { [sink, request] group in
            group.addTask {
                defer { flight.end.ring() }
                return await sink.send(request)
            }
            await flight.end.wait()
            group.cancelAll()
            return await group.next() ?? nil
        }
        if entries[action.key]?.flight?.isLate == true { end?.outcome = .timeout(after: request.delivery.timeout) }
        entries[action.key]?.flight = nil
        return end
    }

    /// Notes that a receiver was told to stop, as well as it could be: what comes next is its report, or its silence.
    private func markTold(_ action: PendingAction) async {
        let mark = PublishedMark(
            id: action.message.runID, action: .cancel, attempt: action.message.attempt,
            publishedAt: environment.clock.now(), deadline: action.cancelDeadline)
        if !Task.isCancelled {
            // What is not noted is told once more.
            _ = try? await environment.untilStored("note that a receiver was told to stop") { () throws(StoreError) in
                try await runs.markPublished([mark])
            }
        }
        forget(action.key)
    }

    /// Breaks off what takes longer than it may.
    private func watchTimeLimits() async {
        let clock = environment.clock
        while !Task.isCancelled {
            if let next = nextTimeLimit, next > clock.uptime() {
                await timeLimits.wait(for: next - clock.uptime(), clock: clock)
            } else if nextTimeLimit == nil {
                await timeLimits.wait()
            }
            let now = clock.uptime()
            guard let next = nextTimeLimit, next <= now else { continue }
            nextTimeLimit = nil
            for (key, entry) in entries {
                guard let flight = entry.flight, !flight.isLate else { continue }
                if flight.timeLimit <= now {
                    entries[key]?.flight?.isLate = true
                    flight.end.ring()
                } else {
                    nextTimeLimit = min(nextTimeLimit ?? flight.timeLimit, flight.timeLimit)
                }
            }
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
            guard let run = found.first, run.unpublishedAction == action.message.action,
                run.attempt == action.message.attempt
            else {
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
                message: message, jobName: action.message.jobName, key: action.key, isLast: isLast,
                known: entries[action.key]?.known, gone: gone, call: action.request?.call))
    }

    func stored(_ batch: [OutcomeReport], _ runs: [RunID: KnownRun]) {
        for report in batch {
            guard report.isLast else {
                entries[report.key]?.known = runs[report.key.runID]
                continue
            }
            if case .status(let status) = report.message.content { environment.metrics.requested(status) }
            done.insert(report.key)
            forget(report.key)
        }
    }

    /// Sends nothing more and waits until all that was sent has its outcome stored, at most so long after somebody is in a
    /// hurry; gives whether that came true.
    func drain(atMost limit: Duration, from hurry: StopSignal) async -> Bool {
        isDraining = true
        for action in queue.removeWaiting() { forget(action.key) }
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
