// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Many jobs due in the same millisecond.
struct BurstPart: BenchmarkPart {
    static let name = "burst"
    static let summary = "5,000 and 10,000 jobs due at once: time until the last is confirmed, lag"

    func run(_ bench: Bench) async throws {
        let count = bench.scaled(10_000, least: 100)
        let rig = try await Rig(bench, "burst", try JobPopulation("many", count: count))
        // A first time for code and caches, not measured.
        let small = count / 20
        _ = try await burst(rig, small)
        var runs = small
        for (size, name, goal) in [(count / 2, "burst.5000", 1.5), (count, "burst.10000", 3)] {
            let (confirmed, measurement) = try await burst(rig, size)
            runs += size
            bench.report.add("\(name).confirmed", confirmed, "s", goal: .atMost(goal))
            bench.report.add("\(name).rate", Double(size) / confirmed, "runs/s")
            bench.report.addLags("\(name).lag", measurement.lags)
        }
        try await rig.finish("burst", runs: runs)
    }

    /// Gives the time from the slot until the last confirm was noted, in seconds.
    private func burst(_ rig: Rig, _ size: Int) async throws -> (Double, Measurement) {
        let slot = try await rig.arm(0..<size, interval: .seconds(86_400), spread: .zero)
        let measurement = try await rig.measure("\(size) jobs at once", from: slot, seconds: 1, expected: size)
        guard measurement.seen == size else {
            throw BenchmarkFailure("only \(measurement.seen) of \(size) actions came within 4 s")
        }
        try await rig.scheduler.wait(upTo: .seconds(10), "all confirms are noted") {
            try await rig.database.unmarkedRuns() == 0
        }
        let last = try await rig.database.lastConfirm() ?? 0
        return ((last - Double(slot.millisecondsSinceEpoch)) / 1000, measurement)
    }
}
