// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import RabbitMQBus
import RabbitMQTestSupport
import Shared

/// Jobs that share the objects of a pool: from process start, a burst, sustained firing, and what workers say.
struct PoolsPart: BenchmarkPart {
    static let name = "pools"
    static let summary =
        "20,000 jobs of one pool (100,000 with BENCH_LONG): from process start, a burst of 10,000, fires that are held, statuses stored"

    func run(_ bench: Bench) async throws {
        let pool = try PoolName("benchmark")
        var jobs = try JobPopulation(
            "pooled", count: bench.scaled(bench.settings.isLong ? 100_000 : 20_000, least: 200))
        jobs.pool = pool
        try forget(pool, bench)
        bench.report.add("pools.jobs", Double(jobs.names.count), "jobs")
        let rig = try await Rig(bench, "pools", jobs)
        bench.report.add("pools.start.locked", rig.taken.locked, "s")
        bench.report.add("pools.start.ready", max(rig.taken.locked, rig.taken.consumed), "s", goal: .atMost(10))
        // The books count what jobs have done since they were armed: each is armed once.
        try await measureBurst(rig)
        try await measureFires(rig)
        try await rig.finish("pools")
        try await measureStatuses(bench, pool)
    }

    /// What an earlier run has left in the queues is not this one's.
    private func forget(_ pool: PoolName, _ bench: Bench) throws {
        let client = try BrokerClient(try bench.broker())
        defer { client.close() }
        let workers = WorkerAddress.pool(pool)
        try client.delete(
            queues: [Topology.actionQueue(of: workers)]
                + [.status, .heartbeat].map { Topology.queue(of: workers, $0) })
    }

    private func measureBurst(_ rig: Rig) async throws {
        let count = rig.jobs.names.count
        let size = min(rig.bench.scaled(10_000), count / 2)
        // A first time for code and caches, not measured.
        _ = try await BurstPart.burst(rig, (count - size - size / 10)..<(count - size))
        let (confirmed, measurement, cpu) = try await BurstPart.burst(rig, (count - size)..<count)
        rig.bench.report.add("pools.burst.confirmed", confirmed, "s", goal: .atMost(1.5))
        rig.bench.report.addLags("pools.burst.lag", measurement.lags)
        cpu.report(to: rig.bench.report, "pools.burst", runs: size)
    }

    private func measureFires(_ rig: Rig) async throws {
        let bench = rig.bench
        let base = min(bench.scaled(2_000, least: 20), rig.jobs.names.count / 10)
        let first = try await rig.arm(0..<base, interval: .seconds(1), spread: .seconds(1))
        let seconds = bench.scaledSeconds(5)
        let steady = try await rig.measure(
            "\(base) jobs of a pool at 1 s", from: first + .seconds(2), seconds: seconds, expected: base * seconds)
        bench.report.addLags("pools.fire.lag", steady.lags)
        steady.cpu.report(to: bench.report, "pools.fire", runs: steady.seen)
        var search = RateSearch()
        search.note(steady)
        try await search.grow(
            rig, armed: base, rate: base, seconds: bench.scaledSeconds(bench.settings.isLong ? 10 : 3), steps: 6)
        bench.report.add("pools.fire.held", search.held, "runs/s")
        bench.report.add("pools.fire.peak", search.peak, "runs/s")
        if let own = bench.report.value("fire.held"), own > 0 {
            bench.report.add("pools.fire.times-own", search.held / own, "times", goal: .atLeast(2.5))
        }
    }

    private func measureStatuses(_ bench: Bench, _ pool: PoolName) async throws {
        var jobs = try JobPopulation("pooled", count: bench.scaled(bench.settings.isLong ? 5_000 : 2_500, least: 50))
        jobs.pool = pool
        let rounds = bench.settings.isLong ? 20 : 10
        let limit = try await self.limit(bench, jobs, pool, rounds: rounds)
        bench.report.add("pools.statuses.limit", limit, "messages/s")

        let rig = try await Rig(bench, "pools_statuses", jobs)
        let runs = try await IngestPart.makeRuns(of: jobs, rig.database)
        let client = try BrokerClient(try bench.broker())
        let rates = try await IngestPart.flood(rig, client, runs, kind: .status, rounds: rounds, part: "pools")
        for run in runs { try IngestPart.send(client, run, .status, status: "completed", progress: 1) }
        _ = try client.receive()
        client.close()
        // One of the two is to be reached.
        let isFast = rates.stored >= 10_000
        bench.report.add("pools.statuses.sent", rates.sent, "messages/s")
        bench.report.add("pools.statuses", rates.stored, "messages/s", goal: isFast ? .atLeast(10_000) : nil)
        bench.report.add(
            "pools.statuses.of-limit", 100 * rates.stored / limit, "%", goal: isFast ? nil : .atLeast(85))
        try await IngestPart.finish(rig, "pools", messages: runs.count * (rounds + 1))
    }

    /// How many statuses a second the broker passes on to our wrapper while it carries out the same bulk updates with them,
    /// when nothing is decided and no run is read.
    private func limit(_ bench: Bench, _ jobs: JobPopulation, _ pool: PoolName, rounds: Int) async throws -> Double {
        bench.progress.show("statuses through the broker into the database, nothing decided")
        let database = try await BenchmarkDatabase(bench, "bench_pools_limit")
        var runs = Dictionary(
            uniqueKeysWithValues: try await IngestPart.makeRuns(of: jobs, database).map { ($0.id, $0) })
        let ids = runs.keys.sorted()
        let bus = RabbitMQBus(settings: try bench.broker(), logger: bench.logger)
        let running = Task { try await bus.run() }
        try await bus.ready()
        await bus.subscribe([.pool(pool)])
        let settings = try bench.broker()
        let sample = ids.compactMap { runs[$0] }
        let began = ContinuousClock.now
        let sending = Task.detached {
            let client = try BrokerClient(settings)
            defer { client.close() }
            for round in 1...rounds {
                for run in sample {
                    try IngestPart.send(client, run, .status, progress: 0.5 + Double(round) / Double(rounds) / 2)
                }
                _ = try client.receive()
            }
            // What the broker has not read yet would be lost with the connection.
            while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(20)) }
        }
        // {"jobName":"NAME","runId":"
        let offset = 12 + (jobs.names.first?.text.utf8.count ?? 0) + 11
        var (taken, wrong) = (0, 0)
        while taken < ids.count * rounds {
            let batch = try await bus.reports(limit: 2_000)
            taken += batch.deliveries.count
            let now = WallClock.now()
            var changed: [RunID: Run] = [:]
            for delivery in batch.deliveries {
                let text = String(decoding: delivery.body.dropFirst(offset).prefix(24), as: UTF8.self)
                guard let id = Identifier(hex: text).map({ RunID($0) }), var run = changed[id] ?? runs[id] else {
                    throw BenchmarkFailure("a status of no run: \(text)")
                }
                run.progress = (run.progress ?? 0.5) + 0.5 / Double(rounds)
                run.heartbeat = now
                changed[id] = run
            }
            let updates = changed.values.compactMap { run in runs[run.id].map { RunUpdate(before: $0, after: run) } }
            wrong += try await database.store.update(updates).count { $0 != .applied }
            for var run in changed.values {
                run.revision += 1
                runs[run.id] = run
            }
            await batch.acknowledge()
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        sending.cancel()
        try await sending.value
        await bus.close()
        try await running.value
        bench.report.check(
            "pools", "limit of statuses: \(taken) taken, \(wrong) updates not applied", isRight: wrong == 0)
        try await database.drop()
        return Double(taken) / seconds
    }
}
