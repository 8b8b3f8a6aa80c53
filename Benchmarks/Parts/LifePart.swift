// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The whole life of runs: fired, answered with `running` and `completed`, and stored as such.
struct LifePart: BenchmarkPart {
    static let name = "life"
    static let summary = "runs per second with a worker that answers each; CPU time per 1,000 runs"

    func run(_ bench: Bench) async throws {
        let base = bench.scaled(1000, least: 20)
        let jobs = try JobPopulation("many", count: base * 8 / 5)
        let rig = try await Rig(bench, "life", jobs, answers: true)
        let first = try await rig.arm(0..<base, interval: .seconds(1), spread: .seconds(1))
        let seconds = bench.scaledSeconds(bench.settings.isLong ? 60 : 6)
        let steady = try await rig.measure(
            "\(base) jobs at 1 s, each answered", from: first + .seconds(2), seconds: seconds,
            expected: base * seconds)
        bench.report.add("life.length", Double(seconds), "s")
        bench.report.add("life.rate", steady.published, "runs/s", goal: .atLeast(0.995 * Double(base)))
        bench.report.addLags("life.lag", steady.lags, p99Goal: 100)
        let completed = try await rig.database.runs(with: "endTime", from: steady.start, to: steady.end)
        bench.report.add("life.completed", Double(completed) / steady.seconds, "runs/s")
        steady.cpu.report(to: bench.report, "life", runs: steady.seen)

        var search = RateSearch()
        search.note(steady)
        if steady.isHeld {
            let step = bench.scaledSeconds(bench.settings.isLong ? 10 : 3)
            try await search.grow(rig, armed: base, rate: base, seconds: step)
        }
        bench.report.add("life.held", search.held, "runs/s")
        bench.report.add("life.peak", search.peak, "runs/s")
        try await rig.finish("life", completed: true)
    }
}
