// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import RabbitMQBus
import RabbitMQTestSupport
import Shared

/// One Scheduler over a population of jobs, with a worker at the other end of the broker: what most parts measure.
///
/// The jobs are locked, declared and consumed, and not due, once it is made.
final class Rig {
    let bench: Bench
    let jobs: JobPopulation
    let database: BenchmarkDatabase
    let scheduler: ServiceProcess
    private let queueType: QueueType
    private(set) var worker: ActionWorker
    /// From the start of the Scheduler until it had locked all, and until all were consumed; in seconds.
    let taken: (locked: Double, consumed: Double)

    /// Brings everything up.
    init(
        _ bench: Bench, _ name: String, _ jobs: JobPopulation, queueType: QueueType = .classic, answers: Bool = false,
        others: JobPopulation? = nil, _ changes: [SettingName: String] = [:]
    ) async throws {
        self.bench = bench
        self.jobs = jobs
        self.queueType = queueType
        bench.progress.show("storing \(jobs.names.count) jobs")
        database = try await BenchmarkDatabase(bench, "bench_\(name)")
        try await database.insert(jobs)
        if let others { try await database.insert(others, heldBy: Identifier(high: 1, low: 1)) }
        bench.progress.show("a Scheduler takes them")
        var changes = changes
        changes[.queueType] = queueType.rawValue
        let began = ContinuousClock.now
        scheduler = try ServiceProcess("simple-scheduler", bench, database: database.name, changes)
        try await scheduler.waitUntilReady()
        let moments = try await Self.waitUntilTaken(jobs, by: scheduler, bench, queueType) { [database] in
            try await database.heldJobs(notBy: Identifier(high: 1, low: 1))
        }
        taken = ((moments.locked - began) / .seconds(1), (moments.consumed - began) / .seconds(1))
        bench.progress.show("a worker consumes their actions")
        worker = try await ActionWorker(jobs, try bench.broker(queueType), answers: answers)
        bench.workers.append(worker)
    }

    /// Waits until `held` gives the number of the jobs and the broker knows consumers of their queues.
    ///
    /// Gives the moments of both. Looks at a spread sample of the queues first, and at all of them once.
    @discardableResult
    static func waitUntilTaken(
        _ jobs: JobPopulation, by scheduler: ServiceProcess, _ bench: Bench, _ queueType: QueueType,
        held: () async throws -> Int
    ) async throws -> (locked: ContinuousClock.Instant, consumed: ContinuousClock.Instant) {
        try await scheduler.wait(upTo: .seconds(120), "all jobs are locked") { try await held() >= jobs.names.count }
        let locked = ContinuousClock.now
        let client = try BrokerClient(try bench.broker(queueType))
        defer { client.close() }
        func areConsumed(_ names: [JobName]) throws -> Bool {
            try client.inboundQueues(of: names.map { jobs.workers(of: $0) }, queueType).allSatisfy { $0.consumers > 0 }
        }
        if jobs.pool != nil {
            try await scheduler.wait(upTo: .seconds(60), "the pool is consumed") { try areConsumed([jobs.names[0]]) }
            return (locked, .now)
        }
        let step = max(1, jobs.names.count / 50)
        let sample = stride(from: jobs.names.count - 1, through: 0, by: -step).map { jobs.names[$0] }
        var consumed = ContinuousClock.now
        try await scheduler.wait(upTo: .seconds(300), "all jobs are consumed") {
            // The objects come in about this order; asking makes what is missing, so the last is asked for alone.
            guard try areConsumed([sample[0]]), try areConsumed(sample) else { return false }
            consumed = .now
            return try areConsumed(jobs.names)
        }
        return (locked, consumed)
    }

    /// Makes jobs fall due and lets the Scheduler know; gives the first slot.
    func arm(_ range: Range<Int>, interval: Duration, spread: Duration) async throws -> Timestamp {
        let lead = Duration.milliseconds(1500 + range.count / 5)
        let first = WallClock.now() + lead
        try await database.arm(range, first: first, interval: interval, spread: spread)
        try Self.hint(bench, queueType)
        guard WallClock.now() < first else { throw BenchmarkFailure("the database took over \(lead) to arm the jobs") }
        return first
    }

    /// Measures the slots of `seconds` from `start` on, of which there are `expected`; `start` must not be over.
    ///
    /// Waits for the last of them up to `patience` longer.
    func measure(
        _ purpose: String, from start: Timestamp, seconds: Int, expected: Int, patience: Duration = .seconds(3)
    ) async throws -> Measurement {
        let end = start + .seconds(seconds)
        try worker.record { $0.openWindow(from: start, to: end) }
        try await WallClock.sleep(until: start)
        let confirmed = try scheduler.metric(.actionsConfirmed)
        let cpu = try CPUTimes.now(bench, scheduler: scheduler)
        let began = ContinuousClock.now
        while WallClock.now() < end {
            bench.progress.show(purpose, "\(Int((WallClock.now() - start) / .seconds(1))) s of \(seconds) s")
            try await WallClock.sleep(until: min(end, WallClock.now() + .milliseconds(250)))
        }
        let length = (ContinuousClock.now - began) / .seconds(1)
        let cpuUsed = try CPUTimes.now(bench, scheduler: scheduler) - cpu
        let confirmedLater = try scheduler.metric(.actionsConfirmed)
        let giveUp = ContinuousClock.now + patience
        while try worker.record({ $0.inWindow }) < expected, .now < giveUp {
            try await Task.sleep(for: .milliseconds(20))
        }
        let (seen, lags, last) = try worker.record { ($0.inWindow, $0.lags, $0.lastArrival) }
        let span = max(Double(seconds), Double(last - start.millisecondsSinceEpoch * 1000) / 1_000_000)
        return Measurement(
            start: start, end: end, expected: expected, seen: seen, lags: lags,
            published: Double(seen) / (seen == expected ? Double(seconds) : span),
            confirmed: (confirmedLater - confirmed) / length, cpu: cpuUsed)
    }

    /// Stops firing, lets everything that was fired arrive, stops the Scheduler and the worker and checks the books.
    ///
    /// `runs` is how many there must be; without it the slots that the jobs were moved past tell. With `completed` every
    /// run must have been completed.
    func finish(_ part: String, runs expected: Int? = nil, completed: Bool = false) async throws {
        bench.progress.show("letting everything arrive")
        try await database.disableAll()
        try Self.hint(bench, queueType)
        var (last, stored) = (-1, -2)
        do {
            try await scheduler.wait(upTo: .seconds(30), every: .milliseconds(250), "everything fired has arrived") {
                stored = try await database.count("runs")
                defer { last = stored }
                let seen = try worker.record { $0.runs.count }
                guard stored == last, seen >= stored else { return false }
                return try await open(completed) == 0
            }
        } catch let failure as BenchmarkFailure {
            bench.report.check(part, failure.description, isRight: false)
        }
        try await scheduler.stop()
        try await worker.stop()
        try await checkBooks(part, expected, completed: completed)
        try await database.drop()
    }

    /// How many runs are not where they are to end up: marked as published, or completed.
    ///
    /// A run that was completed before its confirm was noted needs no mark any more and has none.
    private func open(_ completed: Bool) async throws -> Int {
        completed ? try await database.uncompletedRuns() : try await database.unmarkedRuns()
    }

    private func checkBooks(_ part: String, _ expected: Int?, completed: Bool) async throws {
        let slots = if let expected { expected } else { try await database.decidedSlots() }
        let runs = try await database.count("runs")
        let open = try await open(completed)
        let record = try worker.record { $0 }
        let faults = record.doubled + record.early + record.unexpected + open
        bench.report.check(
            part,
            "\(slots) slots, \(runs) run documents, \(record.runs.count) messages, \(record.doubled) doubled, "
                + "\(record.early) early, \(record.unexpected) unexpected, "
                + "\(open) not \(completed ? "completed" : "marked")",
            isRight: slots == runs && runs == record.runs.count && faults == 0)
    }

    /// Tells the Schedulers to look at all jobs now instead of at its next refresh.
    static func hint(_ bench: Bench, _ queueType: QueueType = .classic) throws {
        let client = try BrokerClient(try bench.broker(queueType))
        try client.publish(
            exchange: Topology.controlExchange, key: "", body: ControlHint.jobsUnlocked.encodedBody())
        client.close()
    }
}
