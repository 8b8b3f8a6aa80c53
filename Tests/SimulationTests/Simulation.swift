// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Shared
import TestSupport

/// One history of a small cluster under faults, all of it drawn from a seed.
final class Simulation: Sendable {
    /// Faults are injected up to here; then everything has until the end to come right.
    static let faultyUntil = Duration.seconds(20)
    static let end = Duration.seconds(55)
    /// How much longer a run may take that is not published at the end: a serial job with a long queue releases one run
    /// after the other, to the end and beyond.
    private static let publishing = Duration.seconds(10)

    let world: SimWorld
    let store: any SimDatabase
    let broker = MemoryBroker()
    let checker: InvariantChecker
    private let workers: SimWorkers
    let receivers: SimReceivers
    private let cluster: SimCluster
    private let api: SimAPI

    /// `overFile` = one standalone process over a file, in the place of a cluster over the store in memory.
    init(seed: UInt64, overFile: Bool = false, isVerbose: Bool = false) throws {
        let world = SimWorld(seed: seed, isVerbose: isVerbose)
        let checker = InvariantChecker(world: world)
        self.world = world
        self.checker = checker
        let memory = MemoryStore(now: { world.serverTime }, mostUsedNames: 1, onChange: { checker.check($0) })
        store = overFile ? try SimFile(world, checker) : SimMemory(store: memory, checker: checker)
        workers = SimWorkers(world: world, broker: broker, quietAfter: Self.faultyUntil) { checker.check($0) }
        let ids = world.random { IdentifierGenerator(random: &$0) }
        api = SimAPI(
            world: world, store: store, broker: broker, ids: ids, quietAfter: Self.faultyUntil, checker: checker)
        var settings = EngineSettings()
        settings.heartbeatInterval = .milliseconds(400)
        settings.heartbeatTimeout = .seconds(3)
        settings.refreshInterval = .seconds(1)
        settings.cleanupInterval = .milliseconds(500)
        settings.publishTimeout = .seconds(5)
        settings.cancelSilence = .seconds(4)
        settings.removalTime = .seconds(5)
        settings.publicURL = "http://api.example"
        settings.batchSize = world.random { [2, 7, 500].randomElement(using: &$0) ?? 500 }
        let (workers, api) = (workers, api)
        receivers = SimReceivers(
            world: world, store: store, settings: settings, quietAfter: Self.faultyUntil
        ) { api.hint($0) }
        cluster = SimCluster(
            world: world, store: store, broker: broker, ids: ids, settings: settings,
            faults: FaultPlan(world: world, quietAfter: Self.faultyUntil), checker: checker, receivers: receivers
        ) { workers.look() }
    }

    /// Plays the history; what broke a rule stands in ``SimWorld/violations`` afterwards.
    func play() {
        for number in 0..<world.random({ Int.random(in: 2...6, using: &$0) }) { store.put(KeptJob(makeJob(number))) }
        let schedulers = store.isStandalone ? 1 : world.random { Int.random(in: 1...3, using: &$0) }
        for number in 0..<schedulers { cluster.startScheduler("scheduler-\(number)") }
        if !store.isStandalone { cluster.startCustodian() }
        injectFaults()
        api.start()
        world.at(Self.faultyUntil) { [self] in
            world.note("from here on nothing goes wrong any more")
            broker.bringUp()
            broker.releaseConfirms()
            broker.releaseDeliveries()
        }
        // The jobs stop in time for their last runs to end.
        world.at(Self.end - .seconds(32)) { [self] in disableJobs() }
        world.run(until: Self.end)
        let unpublished = unpublishedRuns()
        if !unpublished.isEmpty { world.run(until: Self.end + Self.publishing) }
        if world.violations.isEmpty { checkEnd(unpublishedBefore: unpublished) }
    }

    /// A request as the jobs of a simulation have it.
    static func delivery(timeout milliseconds: Int64) -> HTTPDelivery {
        var delivery = HTTPDelivery(url: "http://receiver.example/")
        delivery.timeout = .milliseconds(milliseconds)
        return delivery
    }

    /// Whose workers the jobs of a simulation may share.
    static let pools = ["p0", "p1"].compactMap { try? PoolName($0) }

    private func makeJob(_ number: Int) -> Job {
        guard let name = try? JobName("job-\(number)") else { preconditionFailure("not a job name") }
        return world.random { random in
            func pick<Value>(_ values: [Value]) -> Value {
                guard let value = values.randomElement(using: &random) else { preconditionFailure("nothing to pick") }
                return value
            }
            let interval = Duration.milliseconds(pick([100, 333, 1_000, 4_000]))
            let isLimited = Bool.random(using: &random)
            var job = Job(
                name: name, schedule: number == 5 ? .once : .every(interval),
                nextRunAt: world.start + .milliseconds(Int64.random(in: 0...3_000, using: &random)),
                runExecutionTimeout: pick([.zero, .milliseconds(900)]),
                runStartTimeout: pick([.zero, .milliseconds(700), .seconds(3)]),
                heartbeatTimeout: pick([.zero, .milliseconds(800), .seconds(2)]),
                maxQueueCount: pick([0, 1, 3]), allowsConcurrentRuns: pick([true, false]))
            job.misfirePolicy = pick(MisfirePolicy.allCases)
            job.maxCatchUp = pick([1, 3, 100])
            if isLimited, number != 5 {
                job.jitter = pick([.zero, .milliseconds(20), .seconds(1)])
                job.startAt = pick([nil, world.start + .seconds(2)])
                job.endAt = pick([nil, world.start + .seconds(15)])
            }
            job.maxAttempts = pick([1, 1, 2, 4])
            job.retryBackoff = RetryBackoff(initial: .milliseconds(pick([0, 150])), factor: 3, maximum: .seconds(2))
            job.retention = pick([.zero, .zero, .seconds(2)])
            if pick([true, false]) {
                job.delivery = .http(Self.delivery(timeout: pick([200, 700, 2_000])))
            } else {
                job.delivery = pick([.worker] + Self.pools.map { .pool($0) })
            }
            return job
        }
    }

    // MARK: Faults

    private func injectFaults() {
        world.after(world.random(.milliseconds(200)...(.seconds(4)))) { [self] in
            guard world.now < Self.faultyUntil else { return }
            injectOne()
            injectFaults()
        }
    }

    private func injectOne() {
        let victim = cluster.anyScheduler()
        switch world.random({ Int.random(in: 0..<9, using: &$0) }) {
        case 0:
            world.note("kill -9 \(victim?.name ?? "nobody")")
            victim?.kill()
        case 1, 2:
            let pause = world.random(.milliseconds(300)...(.seconds(9)))
            world.note("\(victim?.name ?? "nobody") is paused for \(pause)")
            victim?.pause(until: world.now + pause)
        case 3:
            world.note("SIGTERM to \(victim?.name ?? "nobody")")
            if let victim { cluster.stop(victim) }
        case 4:
            let outage = world.random(.milliseconds(100)...(.seconds(4)))
            world.note("the broker is down for \(outage)")
            broker.takeDown()
            world.after(outage) { self.broker.bringUp() }
        case 5:
            let number = broker.publishes + world.random { Int.random(in: 1...3, using: &$0) }
            let arrives = world.chance(0.5)
            world.note("the connection is lost at publish \(number), which \(arrives ? "arrives" : "is lost")")
            broker.loseConnection(atPublish: number, arrives: arrives)
        case 6:
            world.note("all unacknowledged messages are delivered again")
            broker.redeliver()
        case 7:
            world.note("messages of workers are held back and reordered")
            broker.holdDeliveries()
            let seed = world.random { $0.next() }
            world.after(world.random(.milliseconds(50)...(.seconds(1)))) { [self] in
                broker.releaseDeliveries { order in
                    var random = SplitMix(seed: seed)
                    order.shuffle(using: &random)
                }
            }
        default:
            world.note("confirms are held back")
            broker.holdConfirms()
            world.after(world.random(.milliseconds(50)...(.seconds(2)))) { self.broker.releaseConfirms() }
        }
    }

    // MARK: The end

    private func disableJobs() {
        world.note("the jobs are disabled")
        for stored in store.snapshot().jobs {
            var stored = stored
            stored.job.isEnabled = false
            store.put(stored)
        }
    }

    /// The runs that are to be published and were not yet.
    private func unpublishedRuns() -> Set<RunID> {
        // Of a job that was deleted by hand while nobody held it, nobody may know.
        let existing = Set(store.snapshot().jobs.map(\.job.name))
        let unknown = api.deletedByHand.subtracting(existing)
        let runs = store.snapshot().runs.filter { !unknown.contains($0.jobName) }
        return Set(
            runs.filter { run in
                // A request may be out of time before it has left.
                let isTimedOut = run.attempts.last?.error?.hasPrefix("timeout") ?? false
                return !checker.wasPublished(run.id) && !isBehind(run, runs) && run.status != .cancelled && !isTimedOut
                    && !checker.isSkipped(run)
            }.map(\.id))
    }

    /// 2, 7, 8: with everything well again, nothing is left lying.
    private func checkEnd(unpublishedBefore: Set<RunID>) {
        let end = store.snapshot()
        for id in unpublishedRuns().intersection(unpublishedBefore).sorted() {
            world.violated("2: run \(id) was never published")
        }
        let jobs = Dictionary(uniqueKeysWithValues: end.jobs.map(\.job).map { ($0.name, $0) })
        for run in end.runs where run.isRetired && !run.status.isFinal {
            world.violated("11: run \(run.id) of a deleted job is \(run.status)")
        }
        for deletion in end.deletions { world.violated("11: the tombstone of \(deletion.jobName) is still there") }
        for case .job(let name) in broker.objects.sorted() {
            if jobs[name] == nil, !api.deletedByHand.contains(name) {
                world.violated("11: the deleted job \(name) still has objects at the broker")
            }
            if jobs[name] != nil, checker.wasAlwaysOfPools(name) {
                world.violated("14: the job \(name) has objects of its own, which always was one of a pool")
            }
        }
        for letter in broker.deadLetters {
            world.violated("14: a message from \(letter.delivery.workers) was not understood: \(letter.reason)")
        }
        for run in end.runs {
            guard let job = jobs[run.jobName] else { continue }
            if let deadline = run.deadline, deadline < world.serverTime - .seconds(10) {
                world.violated("7: run \(run.id) is \(run.status), its deadline \(deadline) has passed")
            }
            let isUnlimited =
                job.heartbeatTimeout == .zero && job.runExecutionTimeout == .zero
                && job.runStartTimeout == .zero
            if isUnlimited, workers.endedRuns[run.id] == run.attempt, !run.status.isFinal {
                world.violated("8: the end of run \(run.id) was said and is not stored: \(run.status)")
            }
        }
        // What a receiver has taken over and never speaks of again is not our doing.
        for run in end.runs
        where run.isByHTTP && !run.status.isFinal && !(run.accepted != nil && run.status == .running) {
            let age = world.serverTime - (run.cancelledAt ?? run.startTime ?? run.createdTime)
            if age > .seconds(8) { world.violated("13: run \(run.id), which is a request, is \(run.status) for ever") }
        }
        for run in end.runs where run.isBackingOff || run.trigger == .manual && run.isUnseen && !run.isWaiting {
            // Attempts of a long row of requests may fail until the end.
            if let retryAt = run.retryAt, retryAt > world.serverTime - .seconds(5) { continue }
            world.violated("9: run \(run.id) still waits for its time")
        }
        for job in end.jobs where job.managerID == nil || !cluster.hasOwner(job) {
            world.violated("7: job \(job.id) is not held by anybody alive")
        }
    }

    /// Whether a run of the same serial job is before it: at work, just ended, or never to end (its worker is dead, and no
    /// time-out applies).
    private func isBehind(_ run: Run, _ runs: [Run]) -> Bool {
        let now = world.serverTime
        return run.isWaiting
            && runs.contains { other in
                other.jobName == run.jobName
                    && (other.isActive || other.endTime.map { $0 > now - .seconds(1) } ?? false)
            }
    }
}
