// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Sustained firing: lag at a low rate, figures at 2,000 a second, the highest rate that is held.
struct FirePart: BenchmarkPart {
    static let name = "fire"
    static let summary = "fires per second and their lag, at 300/s, at 2,000/s and at the highest rate that is held"

    func run(_ bench: Bench) async throws {
        for type in bench.settings.queueTypes ?? [.classic, .quorum] {
            switch type {
            case .classic: try await runClassic(bench)
            case .quorum: try await runQuorum(bench)
            }
        }
    }

    private func runClassic(_ bench: Bench) async throws {
        let quiet = bench.scaled(300, least: 10)
        let base = bench.scaled(2000, least: 40)
        let jobs = try JobPopulation("many", count: base * 8 / 5)
        let rig = try await Rig(bench, "fire", jobs)

        var first = try await rig.arm(0..<quiet, interval: .seconds(1), spread: .seconds(1))
        var seconds = bench.scaledSeconds(4)
        let low = try await rig.measure(
            "\(quiet) jobs at 1 s", from: first + .seconds(1), seconds: seconds, expected: quiet * seconds)
        bench.report.addLags("fire.low.lag", low.lags, p99Goal: 25)

        first = try await rig.arm(quiet..<base, interval: .seconds(1), spread: .seconds(1))
        seconds = bench.scaledSeconds(20)
        // The broker takes up to three seconds for the first messages of so many queues; what follows is what is measured.
        let steady = try await rig.measure(
            "\(base) jobs at 1 s", from: first + .seconds(5), seconds: seconds, expected: base * seconds)
        try await report(steady, "fire", rig)

        var search = RateSearch()
        search.note(steady)
        try await search.grow(
            rig, armed: base, rate: base, seconds: bench.scaledSeconds(bench.settings.isLong ? 10 : 3))
        report(search, bench)
        try await rig.finish("fire")
    }

    /// Fewer jobs that are due more often: a thousand quorum queues take longer to declare than all the rest.
    private func runQuorum(_ bench: Bench) async throws {
        let jobs = try JobPopulation("fire-quorum", count: bench.scaled(100, least: 10))
        let rig = try await Rig(bench, "fire_quorum", jobs, queueType: .quorum)
        let interval = Duration.milliseconds(100)
        let first = try await rig.arm(0..<jobs.names.count, interval: interval, spread: interval)
        let seconds = bench.scaledSeconds(4)
        let steady = try await rig.measure(
            "\(jobs.names.count) jobs with quorum queues at 100 ms", from: first + .seconds(1), seconds: seconds,
            expected: jobs.names.count * 10 * seconds)
        try await report(steady, "fire.quorum", rig)
        try await rig.finish("fire.quorum")
    }

    private func report(_ measurement: Measurement, _ name: String, _ rig: Rig) async throws {
        let report = rig.bench.report
        let (start, end, seconds) = (measurement.start, measurement.end, measurement.seconds)
        report.add("\(name).wanted", Double(measurement.expected) / seconds, "runs/s")
        report.add(
            "\(name).created", Double(try await rig.database.runs(with: "createdTime", from: start, to: end)) / seconds,
            "runs/s")
        report.add("\(name).rate", measurement.published, "runs/s")
        report.add("\(name).confirmed", measurement.confirmed, "runs/s")
        report.add(
            "\(name).marked", Double(try await rig.database.runs(with: "publishedAt", from: start, to: end)) / seconds,
            "runs/s")
        report.addLags("\(name).lag", measurement.lags)
        measurement.cpu.report(to: report, name, runs: measurement.seen)
    }

    private func report(_ search: RateSearch, _ bench: Bench) {
        bench.report.add("fire.held", search.held, "runs/s")
        bench.report.add("fire.peak", search.peak, "runs/s")
        if let naive = bench.report.value("baseline.rate") {
            bench.report.add("fire.times-naive", search.peak / naive, "times", goal: .atLeast(15))
        }
        if let limit = bench.report.value("limits.combined") {
            bench.report.add("fire.of-limit", 100 * search.peak / limit, "%", goal: .atLeast(60))
        }
    }
}
