// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Histogram
import MongoStore
import RabbitMQBus
import RabbitMQTestSupport
import Shared

/// What workers say: how fast it gets into the database, and how soon a single message shows there.
struct IngestPart: BenchmarkPart {
    static let name = "ingest"
    static let summary =
        "15,000 statuses and 15,000 heartbeats of 2,500 runs (50,000, 100,000, 5,000 with BENCH_LONG): effects per second, time until visible"

    func run(_ bench: Bench) async throws {
        let jobs = try JobPopulation("many", count: bench.scaled(bench.settings.isLong ? 5000 : 2500, least: 50))
        let rig = try await Rig(bench, "ingest", jobs)
        bench.progress.show("storing \(jobs.names.count) running runs")
        let runs = try await Self.makeRuns(of: jobs, rig.database)
        let client = try BrokerClient(try bench.broker())
        let (statuses, heartbeats) = bench.settings.isLong ? (10, 20) : (6, 6)
        for (kind, rounds, goal) in [(Delivery.Kind.status, statuses, 10_000.0), (.heartbeat, heartbeats, 20_000)] {
            let name = kind == .status ? "statuses" : "heartbeats"
            let rates = try await Self.flood(rig, client, runs, kind: kind, rounds: rounds, part: "ingest")
            bench.report.add("ingest.\(name).sent", rates.sent, "messages/s")
            bench.report.add("ingest.\(name)", rates.stored, "messages/s", goal: .atLeast(goal))
            if let limit = bench.report.value("limits.reports") {
                bench.report.add("ingest.\(name).of-limit", 100 * rates.stored / limit, "%")
            }
        }
        try await measureVisibility(rig, client, runs)
        client.close()
        try await Self.finish(rig, "ingest", messages: runs.count * (statuses + heartbeats + 1))
    }

    /// Stores a running run of each job.
    static func makeRuns(of jobs: JobPopulation, _ database: BenchmarkDatabase) async throws -> [Run] {
        let now = WallClock.now()
        let runs = jobs.names.enumerated().map { index, job in
            var run = Run(
                id: RunID(
                    Identifier(high: UInt64(now.millisecondsSinceEpoch / 1000) << 32, low: UInt32(index))),
                jobName: job, createdTime: now, scheduledTime: nil, trigger: .manual)
            run.status = .running
            run.startTime = now
            run.publishedAt = now
            run.workers = jobs.workers(of: job)
            return run
        }
        for start in stride(from: 0, to: runs.count, by: 1000) {
            _ = try await database.store.insertOrAdopt(Array(runs[start..<min(start + 1000, runs.count)]))
        }
        return runs
    }

    /// Sends so many messages for each run, in turn, so that no batch holds two of one run, each with another progress;
    /// waits until the last of every run is in the database.
    ///
    /// Gives how many messages a second were published, and how many stored.
    static func flood(
        _ rig: Rig, _ client: BrokerClient, _ runs: [Run], kind: Delivery.Kind, rounds: Int, part: String
    ) async throws -> (sent: Double, stored: Double) {
        let bench = rig.bench
        let name = kind == .status ? "statuses" : "heartbeats"
        let applied = try rig.scheduler.metric(.workerMessages)
        let began = ContinuousClock.now
        for round in 1...rounds {
            bench.progress.show("\(runs.count * rounds) \(name)", "round \(round) of \(rounds)")
            let progress = (kind == .status ? 0 : 0.5) + Double(round) / Double(rounds) / 2
            for run in runs { try send(client, run, kind, progress: progress) }
            _ = try client.receive()
        }
        let sent = ContinuousClock.now
        let last = (kind == .status ? 0 : 0.5) + 0.5
        try await rig.scheduler.wait(upTo: .seconds(60), "all \(name) are stored") {
            _ = try client.receive()
            return try await rig.database.count("runs", ["progress": .double(last)]) == runs.count
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let count = Double(runs.count * rounds)
        let taken = try rig.scheduler.metric(.workerMessages) - applied
        bench.report.check(
            part, "\(Int(count)) \(name) sent, \(Int(taken)) processed, the last of each run is stored",
            isRight: taken == count)
        return (count / ((sent - began) / .seconds(1)), count / seconds)
    }

    /// Completes every run; in between, one after the other, looks how long it takes until one is seen as completed.
    private func measureVisibility(_ rig: Rig, _ client: BrokerClient, _ runs: [Run]) async throws {
        var lags = WorkerRecord.emptyLags
        // 20 at a time: 500 a second when a look takes 40 ms.
        for start in stride(from: 0, to: runs.count, by: 20) {
            let group = runs[start..<min(start + 20, runs.count)]
            rig.bench.progress.show("time until visible", "\(start) of \(runs.count)")
            let began = ContinuousClock.now
            for run in group { try Self.send(client, run, .status, status: "completed", progress: 1) }
            guard let probe = group.last, start < min(runs.count, 4000) else { continue }
            var isVisible = false
            while !isVisible {
                let found = try await rig.database.store.runs([probe.id])
                isVisible = found.first?.status == .completed
                if !isVisible { try await Task.sleep(for: .milliseconds(1)) }
                guard ContinuousClock.now - began < .seconds(10) else {
                    throw BenchmarkFailure("a status was not visible after 10 s")
                }
            }
            lags.record(UInt64(max(1, (ContinuousClock.now - began) / .microseconds(1))))
            try await Task.sleep(for: max(.zero, .milliseconds(20) - (ContinuousClock.now - began)))
            _ = try client.receive()
        }
        rig.bench.report.addLags("ingest.visible", lags)
    }

    static func send(
        _ client: BrokerClient, _ run: Run, _ kind: Delivery.Kind, status: String = "running", progress: Double
    ) throws {
        let status = kind == .status ? #","status":"\#(status)""# : ""
        let body = #"{"jobName":"\#(run.jobName)","runId":"\#(run.id)"\#(status),"progress":\#(progress)}"#
        try client.publish(
            exchange: Topology.exchange(of: run.workers ?? .job(run.jobName)), key: kind.rawValue,
            body: Array(body.utf8))
    }

    /// Nothing may be left in the queues once nobody consumes: what was not acknowledged comes back to them.
    static func finish(_ rig: Rig, _ part: String, messages: Int) async throws {
        try await rig.scheduler.wait(upTo: .seconds(30), "all runs are completed") {
            try await rig.database.uncompletedRuns() == 0
        }
        try await rig.scheduler.stop()
        try await rig.worker.stop()
        let client = try BrokerClient(try rig.bench.broker())
        let left = try client.inboundQueues(of: Set(rig.jobs.names.map { rig.jobs.workers(of: $0) }).sorted(), .classic)
            .reduce(0) { $0 + $1.messages }
        client.close()
        rig.bench.report.check(
            part, "\(messages) messages sent, \(left) not acknowledged", isRight: left == 0)
        try await rig.database.drop()
    }
}
