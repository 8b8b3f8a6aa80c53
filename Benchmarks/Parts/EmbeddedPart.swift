// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Drivers
import Foundation
import Glibc
import SQLStore
import Shared
import Synchronization

/// Everything in one process over one file: no server, nothing over a network but the requests of runs.
struct EmbeddedPart: BenchmarkPart {
    static let name = "embedded"
    static let summary =
        "standalone: fires into a file, deliveries by HTTP, start, memory, 100,000 jobs, a million runs"
    static let needsServers = false

    /// How many bursts are measured; the one before them is for warming up.
    private static let bursts = 3

    func run(_ bench: Bench) async throws {
        try await measureFires(bench)
        try await measureDeliveries(bench)
        try await measureIdle(bench)
        let count = bench.scaled(bench.settings.isLong ? 10_000_000 : 1_000_000, least: 10_000)
        try await measureRuns(bench, "thousand", count: 1_000)
        try await measureRuns(bench, "many", count: count)
    }

    // MARK: Fires

    /// The engine in this process, over a sink that says 200 at once; then SQLite alone.
    private func measureFires(_ bench: Bench) async throws {
        let file = try EmbeddedFile(bench, "fires")
        defer { file.remove() }
        let count = bench.scaled(8_000, least: 100)
        let jobs = try JobPopulation("many", count: count)
        let interval = Duration.seconds(4)
        var random = SystemRandomNumberGenerator()
        let ids = IdentifierGenerator(random: &random)
        let sink = InstantSink()
        var rates: [Double] = []
        try await file.withStore { store in
            bench.progress.show("storing \(count) jobs")
            let first = WallClock.now() + .seconds(4)
            try await EmbeddedFile.insert(
                jobs, into: store, url: "http://receiver.example/", first: first, every: interval)
            var settings = EngineSettings()
            settings.hasBus = false
            let engine = SchedulerEngine(
                EngineEnvironment(settings: settings, logger: bench.logger), store: store,
                bus: try Drivers.bus(nil, logger: bench.logger), requests: sink, ids: ids,
                managerID: ManagerID(ids.next(at: WallClock.now())), hostname: "benchmark")
            async let running: Void = engine.run()
            let look = try BareSQLite(file.path)
            var cpu = 0.0
            for burst in 0...Self.bursts {
                let slot = first + interval * burst
                guard WallClock.now() < slot else { throw BenchmarkFailure("burst \(burst) was not over in time") }
                try await WallClock.sleep(until: slot - .milliseconds(100))
                bench.progress.show("firing, burst \(burst)")
                let before = try ProcessUsage(of: getpid()).cpuSeconds
                try await wait("all are sent") { sink.count == count * (burst + 1) }
                try await wait("all are stored") {
                    try look.number("SELECT count(*) FROM runs WHERE status = 'completed'") == count * (burst + 1)
                }
                let seconds = Double(WallClock.microseconds() - slot.millisecondsSinceEpoch * 1_000) / 1_000_000
                guard burst > 0 else { continue }
                rates.append(Double(count) / seconds)
                cpu += try ProcessUsage(of: getpid()).cpuSeconds - before
            }
            engine.stop()
            try await running
            bench.report.add("embedded.fires.rate", rates.median, "runs/s")
            bench.report.add("embedded.fires.cpu", cpu / Double(count * Self.bursts) * 1_000, "s/1000 runs")
            bench.report.add(
                "embedded.fires.updates",
                Double(try look.number("SELECT sum(revision) FROM runs")) / Double(count * (Self.bursts + 1)), "per run"
            )
        }
        bench.progress.show("SQLite alone")
        let alone = try bareRates(file, jobs, ids).median
        bench.report.add("embedded.fires.sqlite", alone, "runs/s")
        bench.report.add("embedded.fires.of-sqlite", 100 * rates.median / alone, "%", goal: .atLeast(60))
    }

    /// The same statements for the same jobs, in batches of the engine's size.
    private func bareRates(_ file: EmbeddedFile, _ jobs: JobPopulation, _ ids: IdentifierGenerator) throws -> [Double] {
        let connection = try BareSQLite(file.path)
        let runs = try BareRuns(connection)
        let owner = Identifier(high: 1, low: 1)
        let first = WallClock.now()
        try connection.run(
            """
            UPDATE jobs SET manager_id = X'000000000000000100000001', lock_epoch = 1, edition = 0,
                next_run_at = \(first.millisecondsSinceEpoch)
            """)
        let size = EngineSettings().batchSize
        return try (0..<Self.bursts).map { burst in
            let (slot, next) = (first + .seconds(4 * burst), first + .seconds(4 * (burst + 1)))
            let began = ContinuousClock.now
            for start in stride(from: 0, to: jobs.names.count, by: size) {
                let names = jobs.names[start..<min(start + size, jobs.names.count)]
                let made = names.map { _ in ids.next(at: slot) }
                try runs.transaction {
                    for name in names { try runs.advance(name, of: owner, epoch: 1, from: slot, to: next) }
                    for (name, id) in zip(names, made) { try runs.insertPending(id, name, slot: slot) }
                }
                try runs.transaction {
                    for id in made { try runs.complete(id, at: slot) }
                }
            }
            return Double(jobs.names.count) / ((ContinuousClock.now - began) / .seconds(1))
        }
    }

    // MARK: Deliveries

    /// The built program sends to a receiver in this process; beside it the client that it uses, in a bare loop.
    private func measureDeliveries(_ bench: Bench) async throws {
        let receiver = try RequestReceiver()
        defer { receiver.stop() }
        let url = "http://127.0.0.1:\(receiver.port)/"
        bench.progress.show("the HTTP client alone")
        let bare = try await BareClient.rate(to: url, lanes: 32, each: bench.scaled(500, least: 10))
        let file = try EmbeddedFile(bench, "http")
        defer { file.remove() }
        let count = bench.scaled(8_000, least: 100)
        let interval = Duration.seconds(6)
        bench.progress.show("storing \(count) jobs")
        let jobs = try JobPopulation("many", count: count)
        let first = WallClock.now() + .seconds(6)
        try await file.withStore {
            try await EmbeddedFile.insert(jobs, into: $0, url: url, first: first, every: interval)
        }
        let before = receiver.count
        let program = try ServiceProcess(standalone: file.folder, bench)
        try await program.waitUntilReady()
        var rates: [Double] = []
        var cpu = 0.0
        for burst in 0...Self.bursts {
            let slot = first + interval * burst
            guard WallClock.now() < slot else { throw BenchmarkFailure("burst \(burst) was not over in time") }
            try await WallClock.sleep(until: slot - .milliseconds(100))
            bench.progress.show("delivering, burst \(burst)")
            let used = try ProcessUsage(of: program.pid).cpuSeconds
            try await wait("all have arrived") { receiver.count - before >= count * (burst + 1) }
            let seconds = Double(WallClock.microseconds() - slot.millisecondsSinceEpoch * 1_000) / 1_000_000
            guard burst > 0 else { continue }
            rates.append(Double(count) / seconds)
            cpu += try ProcessUsage(of: program.pid).cpuSeconds - used
        }
        let peak = try ProcessUsage(of: program.pid).peakResidentBytes
        try await program.stop()
        let expected = count * (Self.bursts + 1)
        let completed = try BareSQLite(file.path).number("SELECT count(*) FROM runs WHERE status = 'completed'")
        bench.report.check(
            Self.name, "\(expected) slots, \(receiver.count - before) requests, \(completed) runs completed",
            isRight: expected == completed && expected == receiver.count - before)
        bench.report.add("embedded.http.rate", rates.median, "runs/s", goal: .atLeast(3_000))
        bench.report.add("embedded.http.client", bare, "requests/s")
        bench.report.add("embedded.http.of-client", 100 * rates.median / bare, "%")
        bench.report.add("embedded.http.cpu", cpu / Double(count * Self.bursts) * 1_000, "s/1000 runs")
        bench.report.add("embedded.http.memory.peak", peak / 1_048_576, "MiB")
    }

    // MARK: Start and rest

    private func measureIdle(_ bench: Bench) async throws {
        let empty = try EmbeddedFile(bench, "empty")
        defer { empty.remove() }
        bench.progress.show("starting")
        let seconds = bench.scaledSeconds(20)
        var starts: [Double] = []
        for start in 0..<5 {
            let (program, milliseconds) = try await started(empty, bench)
            if start == 0 {
                bench.report.add("embedded.start.new", milliseconds, "ms", goal: .atMost(300))
            } else {
                starts.append(milliseconds)
            }
            if start == 4 {
                try await program.waitUntilReady()
                bench.progress.show("at rest")
                try await atRest("embedded.idle", program, seconds, bench, cpu: 0.5, memory: 45)
            }
            try await program.stop()
        }
        bench.report.add("embedded.start", starts.median, "ms", goal: .atMost(300))

        let file = try EmbeddedFile(bench, "jobs")
        defer { file.remove() }
        let count = bench.scaled(100_000, least: 1_000)
        bench.progress.show("storing \(count) jobs")
        let jobs = try JobPopulation("many", count: count)
        try await file.withStore { try await EmbeddedFile.insert(jobs, into: $0, url: "http://127.0.0.1:9/") }
        bench.progress.show("starting with \(count) jobs")
        let began = ContinuousClock.now
        let (program, milliseconds) = try await started(file, bench)
        try await program.wait(upTo: .seconds(120), "all jobs are locked") {
            try program.metric(.jobsHeld) >= Double(count)
        }
        bench.report.add("embedded.jobs.start", milliseconds, "ms", goal: .atMost(300))
        bench.report.add("embedded.jobs.locked", (ContinuousClock.now - began) / .seconds(1), "s")
        bench.progress.show("\(count) jobs at rest")
        // The first look at all of them decodes them.
        try await Task.sleep(for: .seconds(bench.scaledSeconds(8)))
        try await atRest("embedded.jobs", program, seconds, bench, cpu: nil, memory: nil)
        try await program.stop()
    }

    /// Starts the program; gives it, and how long it took until the API answered.
    private func started(_ file: EmbeddedFile, _ bench: Bench) async throws -> (ServiceProcess, Double) {
        let began = ContinuousClock.now
        let program = try ServiceProcess(standalone: file.folder, bench)
        try await program.wait(upTo: .seconds(60), every: .milliseconds(1), "the API answers") {
            LocalSocket.get("/api/status", port: program.port)?.hasPrefix("HTTP/1.1 200") == true
        }
        return (program, (ContinuousClock.now - began) / .milliseconds(1))
    }

    private func atRest(
        _ name: String, _ program: ServiceProcess, _ seconds: Int, _ bench: Bench, cpu: Double?, memory: Double?
    ) async throws {
        // What the start has stirred up is to settle.
        try await Task.sleep(for: .seconds(3))
        let before = try ProcessUsage(of: program.pid).cpuSeconds
        try await Task.sleep(for: .seconds(seconds))
        let usage = try ProcessUsage(of: program.pid)
        bench.report.add(
            "\(name).cpu", 100 * (usage.cpuSeconds - before) / Double(seconds), "% of a core",
            goal: cpu.map { .atMost($0) })
        bench.report.add(
            "\(name).memory", usage.residentBytes / 1_048_576, "MiB", goal: memory.map { .atMost($0) })
    }

    // MARK: Many runs

    /// Lists and pruning in a file of so many runs: a hundred of each job, over thirty days.
    private func measureRuns(_ bench: Bench, _ name: String, count: Int) async throws {
        let file = try EmbeddedFile(bench, name)
        defer { file.remove() }
        let jobs = try JobPopulation("many", count: count / 100)
        try await file.withStore {
            try await EmbeddedFile.insert(jobs, into: $0, url: "http://127.0.0.1:9/")
        }
        let (start, step) = (WallClock.now() - .seconds(30 * 86_400), 30 * 86_400_000 / count)
        func moment(_ number: Int) -> Timestamp { start + .milliseconds(number * step) }
        try fill(file, jobs, count, moment, bench)

        let began = ContinuousClock.now
        let store = try RelationalStore(path: file.path)
        bench.report.add("embedded.runs.\(name).open", (ContinuousClock.now - began) / .milliseconds(1), "ms")
        var filters: [(String, RunFilter)] = []
        func filter(_ name: String, _ change: (inout RunFilter) -> Void) {
            var filter = RunFilter()
            change(&filter)
            filters.append((name, filter))
        }
        filter("all") { _ in }
        filter("job") { $0.jobName = jobs.names[1] }
        filter("failed") { $0.statuses = [.failed] }
        filter("job-ended") {
            $0.jobName = jobs.names[1]
            $0.statuses = [.failed, .completed]
        }
        filter("created-before") { $0.createdBefore = moment(count / 4) }
        filter("failed-started-before") {
            $0.statuses = [.failed]
            $0.startedBefore = moment(count / 4)
        }
        filter("running-silent") {
            $0.statuses = [.running]
            $0.heartbeatBefore = moment(count)
        }
        for (list, filter) in filters {
            bench.progress.show("\(count) runs: list \(list)")
            try await time("embedded.runs.\(name).list.\(list)", bench) {
                _ = try await store.runs(filter, after: nil, limit: 100)
            }
        }
        let page = try await store.runs(RunFilter(), after: nil, limit: 100)
        try await time("embedded.runs.\(name).list.next", bench) {
            _ = try await store.runs(RunFilter(), after: page.elements.last?.id, limit: 100)
        }
        bench.progress.show("\(count) runs: pruning")
        try BareSQLite(file.path).run("UPDATE jobs SET retention = 86400000 WHERE name < '\(jobs.names[5].text)'")
        let position = ContinuousClock.now
        let pruned = try await store.pruneRuns(ofJobsAfter: nil, limit: 1_000)
        bench.report.add("embedded.runs.\(name).prune", (ContinuousClock.now - position) / .milliseconds(1), "ms")
        try await time("embedded.runs.\(name).prune.nothing", bench) {
            _ = try await store.pruneRuns(ofJobsAfter: nil, limit: 1_000)
        }
        bench.report.check(
            Self.name, "\(count) runs, \(pruned.count) of 5 jobs pruned", isRight: 470...490 ~= pruned.count)
        await store.close()
    }

    /// One run in a hundred failed, the last ten are running.
    private func fill(
        _ file: EmbeddedFile, _ jobs: JobPopulation, _ count: Int, _ moment: (Int) -> Timestamp, _ bench: Bench
    ) throws {
        let connection = try BareSQLite(file.path)
        try connection.run("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000; PRAGMA wal_autocheckpoint = 50000")
        let runs = try BareRuns(connection)
        var random = SystemRandomNumberGenerator()
        let ids = IdentifierGenerator(random: &random)
        for first in stride(from: 0, to: count, by: 50_000) {
            bench.progress.show("storing runs", "\(first) of \(count)")
            try runs.transaction {
                for number in first..<min(first + 50_000, count) {
                    let time = moment(number)
                    let isRunning = number >= count - 10
                    let status = isRunning ? "running" : number % 101 == 0 ? "failed" : "completed"
                    try runs.insertPast(
                        ids.next(at: time), jobs.names[number % jobs.names.count], status, slot: time,
                        end: isRunning ? nil : time + .seconds(1))
                }
            }
        }
        try connection.run("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// The median of some tries.
    private func time(_ name: String, _ bench: Bench, _ work: () async throws -> Void) async throws {
        var times: [Double] = []
        for _ in 0..<11 {
            let began = ContinuousClock.now
            try await work()
            times.append((ContinuousClock.now - began) / .milliseconds(1))
        }
        bench.report.add(name, times.median, "ms")
    }

    private func wait(_ purpose: String, _ condition: () throws -> Bool) async throws {
        let end = ContinuousClock.now + .seconds(60)
        while try !condition() {
            guard ContinuousClock.now < end else { throw BenchmarkFailure("waited in vain until \(purpose)") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }
}

/// Says 200 at once.
private final class InstantSink: RequestSink {
    private let sent = Atomic(0)

    var count: Int { sent.load(ordering: .relaxed) }

    func send(_ request: RunRequest) async -> RequestEnd {
        sent.add(1, ordering: .relaxed)
        return RequestEnd(outcome: .answer(RequestAnswer(status: 200)))
    }
}
