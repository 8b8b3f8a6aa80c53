// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import RabbitMQBus
import RabbitMQTestSupport
import Shared

/// Many jobs due in the same millisecond.
struct BurstPart: BenchmarkPart {
    static let name = "burst"
    static let summary = "5,000 jobs (10,000, too, with BENCH_LONG) due at once: time until the last is confirmed, lag"
    /// How long the last may take: a broker on a busy disk has been seen to need more than 15 s for 10,000.
    private static let patience = 60

    func run(_ bench: Bench) async throws {
        let count = bench.population
        let rig = try await Rig(bench, "burst", try JobPopulation("many", count: count))
        // A first time for code and caches, not measured.
        let small = count / 20
        _ = try await Self.burst(rig, 0..<small)
        var runs = small
        for (wanted, goal) in [(5_000, 1.5), (10_000, 3)] where bench.scaled(wanted) <= count {
            let (size, name) = (bench.scaled(wanted), "burst.\(wanted)")
            let (confirmed, measurement, cpu) = try await Self.burst(rig, 0..<size)
            runs += size
            bench.report.add("\(name).confirmed", confirmed, "s", goal: .atMost(goal))
            bench.report.add("\(name).rate", Double(size) / confirmed, "runs/s")
            bench.report.addLags("\(name).lag", measurement.lags)
            cpu.report(to: bench.report, name, runs: size)
        }
        try await rig.finish("burst", runs: runs)
        // RabbitMQ keeps a file open for each queue with persistent messages, and is of no use at its limit: what no
        // later part needs, goes.
        let client = try BrokerClient(try bench.broker())
        try client.delete(queues: rig.jobs.names.dropFirst(bench.scaled(5_000)).map(Topology.actionQueue))
        client.close()
    }

    /// Gives the time from the slot until the last confirm was noted, in seconds, and what all of it took.
    static func burst(_ rig: Rig, _ jobs: Range<Int>) async throws -> (Double, Measurement, CPUTimes) {
        let size = jobs.count
        let slot = try await rig.arm(jobs, interval: .seconds(86_400), spread: .zero)
        let before = try CPUTimes.now(rig.bench, scheduler: rig.scheduler)
        let measurement = try await rig.measure(
            "\(size) jobs at once", from: slot, seconds: 1, expected: size, patience: .seconds(patience))
        guard measurement.seen == size else {
            throw BenchmarkFailure("only \(measurement.seen) of \(size) actions came within \(1 + patience) s")
        }
        try await rig.scheduler.wait(upTo: .seconds(10), "all confirms are noted") {
            try await rig.database.unmarkedRuns() == 0
        }
        let cpu = try CPUTimes.now(rig.bench, scheduler: rig.scheduler) - before
        let last = try await rig.database.lastConfirm() ?? 0
        return ((last - Double(slot.millisecondsSinceEpoch)) / 1000, measurement, cpu)
    }
}
