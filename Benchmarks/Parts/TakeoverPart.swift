// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import MongoTestSupport
import Shared

/// Thousands of jobs change hands: from nobody to a new Scheduler, and from a killed one to another.
struct TakeoverPart: BenchmarkPart {
    static let name = "takeover"
    static let summary =
        "5,000 jobs (10,000 with BENCH_LONG): from process start, and from the kill -9 of their owner, until all are served"

    private static let heartbeatTimeout = 3000

    func run(_ bench: Bench) async throws {
        let jobs = try JobPopulation("many", count: bench.population)
        let database = try await BenchmarkDatabase(bench, "bench_takeover")
        try await database.insert(jobs)
        let settings: [SettingName: String] = [.heartbeatTimeout: String(Self.heartbeatTimeout)]

        // Early enough: after its start it waits one time-out before it unlocks anybody.
        let custodian = try ServiceProcess("simple-scheduler-custodian", bench, database: database.name, settings)
        bench.progress.show("a new Scheduler takes \(jobs.names.count) jobs")
        bench.report.add("takeover.jobs", Double(jobs.names.count), "jobs")
        var began = ContinuousClock.now
        let first = try ServiceProcess("simple-scheduler", bench, database: database.name, settings)
        try await first.waitUntilReady()
        let start = try await Rig.waitUntilTaken(jobs, by: first, bench, .classic) { try await database.heldJobs() }
        report(bench, "takeover.start", began, start, goal: 10)

        let owner = try await owner(in: database)
        let second = try ServiceProcess("simple-scheduler", bench, database: database.name, settings)
        try await second.waitUntilReady()
        try await custodian.waitUntilReady()
        bench.progress.show("the other takes them after a kill -9")
        began = ContinuousClock.now
        await first.kill()
        let kill = try await Rig.waitUntilTaken(jobs, by: second, bench, .classic) {
            try await database.heldJobs(notBy: owner)
        }
        bench.report.add("takeover.heartbeat-timeout", Double(Self.heartbeatTimeout) / 1000, "s")
        report(bench, "takeover.kill", began, kill, goal: nil)
        try await custodian.stop()
        try await second.stop()
        let held = try await database.heldJobs()
        bench.report.check(
            "takeover", "\(held) of \(jobs.names.count) jobs still locked after a stop", isRight: held == 0)
        try await database.drop()
    }

    private func report(
        _ bench: Bench, _ name: String, _ began: ContinuousClock.Instant,
        _ moments: (locked: ContinuousClock.Instant, consumed: ContinuousClock.Instant), goal: Double?
    ) {
        bench.report.add("\(name).locked", (moments.locked - began) / .seconds(1), "s")
        bench.report.add(
            "\(name).consumed", (moments.consumed - began) / .seconds(1), "s", goal: goal.map { .atMost($0) })
    }

    /// Who holds the jobs.
    private func owner(in database: BenchmarkDatabase) async throws -> Identifier {
        let jobs = try await database.store.rawDocuments(in: "jobs", ["index": 0])
        guard case .objectID(let id)? = jobs.first?["managerId"] else { throw BenchmarkFailure("nobody holds a job") }
        return id
    }
}
