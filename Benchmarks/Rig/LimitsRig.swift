// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import RabbitMQBus
import RabbitMQTestSupport
import Shared

/// Our wrappers at the servers without a Scheduler: a database, a connected bus, jobs that are locked and declared, and
/// the worker that all other parts have, too.
final class LimitsRig {
    let lanes: [LimitsLane]
    private let bench: Bench
    private let database: BenchmarkDatabase
    private let bus: RabbitMQBus
    private let running: Task<Void, any Error>
    private let worker: ActionWorker

    /// Brings everything up; the jobs are spread over four lanes at most.
    init(_ bench: Bench, _ name: String, _ jobs: JobPopulation, queueType: QueueType) async throws {
        self.bench = bench
        let count = jobs.names.count
        let broker = try bench.broker(queueType)
        bench.progress.show("declaring \(count) jobs")
        database = try await BenchmarkDatabase(bench, "bench_\(name.replacing(".", with: "_"))")
        try await database.insert(jobs)
        let first = WallClock.now()
        try await database.arm(0..<count, first: first, interval: .seconds(1), spread: .zero)
        try BrokerClient.declare(jobs.names, broker, connections: 16)
        let bus = RabbitMQBus(settings: broker, logger: bench.logger)
        self.bus = bus
        running = Task { try await bus.run() }
        try await bus.ready()
        worker = try await ActionWorker(jobs, broker)
        bench.workers.append(worker)

        let manager = ManagerID(Identifier(high: 2, low: 2))
        try await database.store.register(manager, hostname: "benchmark")
        var owned: [OwnedJob] = []
        for start in stride(from: 0, to: count, by: 500) {
            owned += try await database.store.lock(
                Array(jobs.names[start..<min(start + 500, count)]), for: manager)
        }
        let size = (count + 3) / 4
        let store = database.store
        lanes = stride(from: 0, to: count, by: size).map { start in
            LimitsLane(
                jobs: Array(owned[start..<min(start + size, count)]), manager: manager, store: store, bus: bus,
                first: first, number: start)
        }
        // The bus declares for itself before it first publishes: not to be measured.
        bench.progress.show("warming up")
        for lane in lanes { try await lane.publish(lane.runs(round: 0)) }
    }

    /// Lets every lane do its work at the same time; gives the sum of their results and the seconds.
    func timed(
        _ work: @escaping @Sendable (LimitsLane) async throws -> Int
    ) async throws -> (sum: Int, seconds: Double) {
        let began = ContinuousClock.now
        let sum = try await withThrowingTaskGroup(of: Int.self) { group in
            for lane in lanes { group.addTask { try await work(lane) } }
            return try await group.reduce(0, +)
        }
        return (sum, (ContinuousClock.now - began) / .seconds(1))
    }

    /// Moves the jobs from round `done` to round `rounds`.
    func passOver(rounds: Int, done: Int) async throws {
        for lane in lanes { try await lane.advance(round: done, by: rounds - done) }
    }

    /// Waits until the worker has the actions of so many runs, ends everything and checks the books.
    func finish(_ part: String, runs: Int) async throws {
        let end = ContinuousClock.now + .seconds(10)
        while try worker.record({ $0.runs.count }) < runs, .now < end { try await Task.sleep(for: .milliseconds(20)) }
        try await worker.stop()
        await bus.close()
        try await running.value
        let stored = try await database.count("runs")
        let seen = try worker.record { $0.runs.count }
        bench.report.check(
            part, "\(runs) wanted, \(stored) run documents, messages of \(seen) runs",
            isRight: stored == runs && seen == runs)
        try await database.drop()
    }
}
