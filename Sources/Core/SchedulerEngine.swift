// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
package import Shared
import Synchronization

/// One instance of the Scheduler over its two seams: everything between the settings and the servers.
package struct SchedulerEngine: Sendable {
    let environment: EngineEnvironment
    let holdings: Holdings
    private let watch = RunWatch()
    private let store: any SchedulerStore
    let bus: any SchedulerBus
    private let outlets: Outlets
    private let settler: RunSettler
    let remover: JobRemover
    private let claimer: JobClaimer
    private let lease: LeaseKeeper
    private let dispatcher: Dispatcher
    private let sweep: DeadlineSweep
    private let ingest: ReportIngest
    private let parts = RunningParts()
    /// Raised when what is in flight has some seconds left.
    private let hurry = StopSignal()

    /// How long a stop may take for what is in flight, of the ten seconds that the contract gives the whole.
    private static let drainLimit = Duration.seconds(5)
    /// How long unlocking is tried again.
    private static let releaseLimit = Duration.seconds(3)
    /// After how long a stop says what it waits for.
    private static let longStop = Duration.seconds(4)

    /// An instance that locks its jobs as `managerID`, a name that no process has had before.
    ///
    /// Jobs leave over the `bus` or by `requests`. `hostname` is what others see of it; `wallClock` is the machine's, to warn when it is off.
    package init(
        _ environment: EngineEnvironment, store: any SchedulerStore, bus: any SchedulerBus, requests: any RequestSink,
        ids: IdentifierGenerator, managerID: ManagerID, hostname: String, wallClock: (@Sendable () -> Timestamp)? = nil
    ) {
        let holdings = Holdings(managerID: managerID, environment)
        self.environment = environment
        self.holdings = holdings
        self.store = store
        self.bus = bus
        outlets = Outlets(
            workers: ActionPublisher(environment, holdings, runs: store, sink: bus),
            requests: RequestSender(environment, holdings, runs: store, sink: requests),
            messages: MessageSender(environment, holdings, runs: store, sink: bus))
        settler = RunSettler(
            environment: environment, holdings: holdings, watch: watch, ledger: store, outlets: outlets,
            subscriptions: bus)
        remover = JobRemover(environment, holdings, store: store, bus: bus, settler: settler)
        let finisher = JobFinisher(environment: environment, store: store)
        claimer = JobClaimer(
            environment, holdings, store: store, subscriptions: bus, settler: settler, remover: remover,
            finisher: finisher)
        lease = LeaseKeeper(
            environment: environment, holdings: holdings, ownership: store, reports: bus, ids: ids, claimer: claimer,
            hostname: hostname, wallClock: wallClock)
        dispatcher = Dispatcher(
            environment: environment, holdings: holdings, store: store, ids: ids, outlets: outlets,
            settler: settler, claimer: claimer)
        sweep = DeadlineSweep(
            environment: environment, holdings: holdings, watch: watch, store: store, connection: bus,
            settler: settler, claimer: claimer)
        ingest = ReportIngest(
            environment: environment, holdings: holdings, watch: watch, store: store, bus: bus, claimer: claimer,
            finisher: finisher)
    }

    /// Asks ``run()`` to end: nothing more is fired, what is in flight is finished, the jobs are unlocked.
    ///
    /// Requests have some seconds for their end; with `patience` as long as they may take, until a later call without.
    package func stop(withPatience: Bool = false) {
        if !environment.stop.isRaised { environment.logger.log(.notice, "stopping: no more slots are fired") }
        environment.stop.raise()
        if !withPatience { hurry.raise() }
    }

    /// How many requests are in flight, or about to be stored as ended.
    package func requestsInFlight() async -> Int { await outlets.requests.unfinishedCount }

    /// Runs until ``stop()``, or until the task is cancelled (then without a graceful shutdown).
    ///
    /// - Throws: ``StoreError`` or ``BusError`` when a server refuses us for good.
    package func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await bus.run() }
            group.addTask {
                try await work()
                await bus.close()
            }
            // The bus returns once it is closed, after the work; an error of either ends both.
            do { while try await group.next() != nil {} } catch {
                group.cancelAll()
                throw error
            }
        }
    }

    private func work() async throws {
        let isPrepared: Void? = try await environment.untilStored("prepare the database") { () throws(StoreError) in
            try await store.prepare()
        }
        guard isPrepared != nil, try await prepareCallbacks(), try await lease.start() else { return }
        environment.logger.log(.notice, "started", [.manager: "\(holdings.lease.managerID)"])
        async let _ = reportLongStop()
        await withTaskGroup(of: Void.self) { keepers in
            keepers.addTask { await parts.run("lease renewal") { await lease.run() } }
            keepers.addTask { await parts.run("lease watch") { await lease.watch() } }
            keepers.addTask { await parts.run("publishing") { await outlets.workers.run() } }
            keepers.addTask { await parts.run("requests") { await outlets.requests.run() } }
            keepers.addTask { await parts.run("messages") { await outlets.messages.run() } }
            if let events = environment.clockMonsterEvents { keepers.addTask { await events.run() } }
            keepers.addTask { await parts.run("report ingest") { await ingest.run() } }
            keepers.addTask { await parts.run("request ingest") { await ingest.runOutcomes(of: outlets.requests) } }
            keepers.addTask { await parts.run("message ingest") { await ingest.runOutcomes(of: outlets.messages) } }
            await withTaskGroup(of: Void.self) { deciders in
                deciders.addTask { await parts.run("job refresh") { await claimer.run() } }
                deciders.addTask { await parts.run("dispatch") { await dispatcher.run() } }
                deciders.addTask { await parts.run("run rescue") { await sweep.run() } }
                deciders.addTask { await parts.run("hints") { await listen() } }
            }
            async let answers = parts.run("answers") {
                await outlets.requests.drain(atMost: Self.drainLimit, from: hurry)
            }
            async let messages = parts.run("message confirms") {
                await outlets.messages.drain(atMost: Self.drainLimit)
            }
            let areActionsDrained = await parts.run("publisher confirms") {
                await outlets.workers.drain(atMost: Self.drainLimit)
            }
            let isDrained = await messages && areActionsDrained
            // What is not answered by now is broken off; whoever is next sends it again.
            _ = await answers
            keepers.cancelAll()
            // A broker that does not answer must not keep us from unlocking: whoever is next publishes what is left.
            if !isDrained { await bus.close() }
        }
        await parts.run("job release") { await release() }
    }

    /// Gives whether requests know where their receivers report, if these may.
    private func prepareCallbacks() async throws(StoreError) -> Bool {
        guard let publicURL = environment.settings.publicURL else { return true }
        let key = try await environment.untilStored("read the key of callback addresses") { () throws(StoreError) in
            try await store.callbackKey(orElse: CallbackKey())
        }
        guard let key else { return false }
        await outlets.requests.use(CallbackAddresses(publicURL, key))
        return true
    }

    /// Says what a stop waits for, should it take long.
    private func reportLongStop() async {
        let alarm = Alarm()
        hurry.rings(alarm)
        await alarm.wait()
        do { try await environment.clock.sleep(for: Self.longStop) } catch { return }
        environment.logger.log(
            .warning, "shutdown is taking long; a Custodian will unlock the jobs that are still locked afterwards",
            [.reason: "waiting for: \(parts.names.sorted().joined(separator: ", "))"])
    }

    /// Looks at what a hint names; for hints from within the process, which need no bus.
    package func take(_ hint: ControlHint) async {
        switch hint {
        case .jobsChanged(let names):
            await claimer.note(names)
            watch.wakeUps.ask()
        case .runsChanged(let names, let retryAt):
            for name in names { holdings.table.requestRelease(name) }
            if names.contains(where: { holdings.table.job($0) != nil }) { watch.wakeUps.note(retryAt) }
        case .jobsUnlocked: await claimer.noteAll()
        }
    }

    /// Passes hints on until the engine is to stop.
    private func listen() async {
        let alarm = Alarm()
        environment.stop.rings(alarm)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    while true {
                        if let hint = try await bus.nextHint() {
                            await take(hint)
                        } else {
                            watch.ingestLag.note(await bus.state(), now: environment.clock.now())
                            await claimer.noteAll()
                        }
                    }
                } catch {
                    return
                }
            }
            group.addTask { await alarm.wait() }
            await group.next()
            group.cancelAll()
        }
    }

    /// Unlocks the jobs, trying again for some seconds: only then do others take them over at once.
    private func release() async {
        let end = environment.clock.uptime() + Self.releaseLimit
        while true {
            do {
                let count = try await store.release(holdings.lease.managerID)
                environment.logger.log(.notice, "unlocked jobs", [.count: "\(count)"])
                if count > 0 { await bus.announce(.jobsUnlocked) }
                return
            } catch {
                guard error.isRetriable, environment.clock.uptime() < end else {
                    environment.logger.log(.error, "cannot unlock the jobs; a Custodian will", [.error: "\(error)"])
                    return
                }
                do { try await environment.clock.sleep(for: .milliseconds(200)) } catch { return }
            }
        }
    }
}

/// The parts of the engine that still run, so that a shutdown that takes long can say what it waits for.
private final class RunningParts: Sendable {
    private let running = Mutex<Set<String>>([])

    /// The names of what is running now.
    var names: Set<String> { running.withLock { $0 } }

    /// Runs a part under its name.
    func run<Value: Sendable>(_ name: String, _ part: () async -> Value) async -> Value {
        _ = running.withLock { $0.insert(name) }
        defer { _ = running.withLock { $0.remove(name) } }
        return await part()
    }
}
