// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What jobs cost that have nothing to do: thousands of our own among a hundred thousand.
struct IdlePart: BenchmarkPart {
    static let name = "idle"
    static let summary = "CPU and memory of 5,000 jobs (10,000 with BENCH_LONG) at rest, and with 100 fires per second"

    func run(_ bench: Bench) async throws {
        let (all, count) = (bench.scaled(100_000, least: 1_000), bench.population)
        let empty = try await residentBytesWithoutJobs(bench)
        // All of them stand behind ours in the order of names, held by somebody else.
        let others = try JobPopulation("others", count: all - count)
        let rig = try await Rig(
            bench, "idle", try JobPopulation("many", count: count), others: others, [.maxJobs: String(count)])
        // What taking the jobs has stirred up is to settle.
        try await Task.sleep(for: .seconds(2))
        let seconds = bench.scaledSeconds(4)
        bench.progress.show("at rest")
        let atRest = try await cpuPercent(rig, seconds)
        let resident = try ProcessUsage(of: rig.scheduler.pid).residentBytes
        bench.report.add("idle.documents", Double(all), "jobs")
        bench.report.add("idle.held", Double(count), "jobs")
        bench.report.add("idle.cpu", atRest, "% of a core", goal: .atMost(3))
        bench.report.add("idle.memory", resident / 1_048_576, "MiB")
        bench.report.add("idle.memory.per-job", (resident - empty) / Double(count), "bytes", goal: .atMost(4096))

        let rate = max(1, count / 100)
        let first = try await rig.arm(0..<rate, interval: .seconds(1), spread: .seconds(1))
        let measured = try await rig.measure(
            "\(rate) fires per second", from: first + .seconds(1), seconds: seconds, expected: rate * seconds)
        bench.report.add("idle.firing.rate", measured.published, "runs/s")
        bench.report.add("idle.firing.cpu", 100 * measured.cpu.scheduler / Double(seconds), "% of a core")
        bench.report.add(
            "idle.firing.memory.peak", try ProcessUsage(of: rig.scheduler.pid).peakResidentBytes / 1_048_576, "MiB")
        bench.report.addLags("idle.firing.lag", measured.lags)
        try await rig.finish("idle")
    }

    private func cpuPercent(_ rig: Rig, _ seconds: Int) async throws -> Double {
        let before = try ProcessUsage(of: rig.scheduler.pid).cpuSeconds
        let began = ContinuousClock.now
        try await Task.sleep(for: .seconds(seconds))
        let used = try ProcessUsage(of: rig.scheduler.pid).cpuSeconds - before
        return 100 * used / ((ContinuousClock.now - began) / .seconds(1))
    }

    private func residentBytesWithoutJobs(_ bench: Bench) async throws -> Double {
        bench.progress.show("memory without jobs")
        let database = try await BenchmarkDatabase(bench, "bench_empty")
        let scheduler = try ServiceProcess("simple-scheduler", bench, database: database.name)
        try await scheduler.waitUntilReady()
        try await Task.sleep(for: .seconds(2))
        let bytes = try ProcessUsage(of: scheduler.pid).residentBytes
        try await scheduler.stop()
        try await database.drop()
        return bytes
    }
}
