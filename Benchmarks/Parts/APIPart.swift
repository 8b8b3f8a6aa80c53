// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import Shared

/// The API under load: one job read, one job made, over sixteen connections.
struct APIPart: BenchmarkPart {
    static let name = "api"
    static let summary = "GET and POST of jobs through the API, its latency and its memory"

    private static let jobs = 10_000

    func run(_ bench: Bench) async throws {
        bench.progress.show("storing \(Self.jobs) jobs")
        let database = try await BenchmarkDatabase(bench, "bench_api")
        try await database.insert(try JobPopulation("job", count: Self.jobs))
        let issuer = try IssuerServer().issuer
        let api = try ServiceProcess(
            "simple-scheduler-api", bench, database: database.name, listening: .apiURL,
            [.oidcIssuer: issuer.name, .apiRateLimit: "0"])
        try await api.waitUntilReady()
        let authorization = "Bearer \(try issuer.token(0))"
        let (get, post) = (Self.script(Self.get, authorization), Self.script(Self.post, authorization))
        let seconds = bench.scaledSeconds(3)

        // What the first requests bring up is no part of the figures.
        _ = try await HTTPLoad(get, port: api.port, seconds: 2, bench)
        try await measure(
            "floor", Self.script(Self.floor, authorization), goal: nil, api, bench, bench.scaledSeconds(3))
        let atStart = try ProcessUsage(of: api.pid).residentBytes
        try await measure("get", get, goal: 8_000, api, bench, seconds)
        let made = try await measure("post", post, goal: 4_000, api, bench, seconds)
        if bench.settings.isLong {
            bench.progress.show("five minutes of both")
            for round in 1...15 {
                _ = try await HTTPLoad(get, port: api.port, seconds: 10, bench)
                _ = try await HTTPLoad(Self.script(Self.post, authorization, round), port: api.port, seconds: 10, bench)
            }
        }
        let usage = try ProcessUsage(of: api.pid)
        bench.report.add("api.memory.peak", usage.peakResidentBytes / 1_048_576, "MiB", goal: .atMost(80))
        bench.report.add("api.memory.growth", (usage.residentBytes - atStart) / 1_048_576, "MiB")
        if !bench.settings.isLong {
            // Requests on their way when wrk stops are carried out without being counted.
            let stored = try await database.count("jobs") - Self.jobs
            bench.report.check(
                Self.name, "\(Int(made)) jobs made, \(stored) stored",
                isRight: (Int(made)...Int(made) + HTTPLoad.connections).contains(stored))
        }
        try await api.stop()
        try await database.drop()
    }

    @discardableResult
    private func measure(
        _ method: String, _ script: String, goal: Double?, _ api: ServiceProcess, _ bench: Bench, _ seconds: Int
    ) async throws -> Double {
        bench.progress.show("\(method) for \(seconds) s")
        func times() throws -> (api: Double, mongod: Double) {
            (
                try ProcessUsage(of: api.pid).cpuSeconds,
                try ProcessUsage(of: bench.settings.mongodPID).cpuSeconds
            )
        }
        let before = try times()
        let load = try await HTTPLoad(script, port: api.port, seconds: seconds, bench)
        let after = try times()
        let name = "api.\(method)"
        bench.report.add("\(name).rate", load.rate, "requests/s", goal: goal.map { .atLeast($0) })
        bench.report.add("\(name).p50", load.p50, "ms")
        bench.report.add("\(name).p99", load.p99, "ms", goal: goal == nil ? nil : .atMost(12))
        bench.report.add("\(name).cpu.api", (after.api - before.api) / load.requests * 1000, "s/1000 req")
        bench.report.add("\(name).cpu.mongod", (after.mongod - before.mongod) / load.requests * 1000, "s/1000 req")
        return load.requests
    }

    private static let floor = """
        function request()
          return wrk.format("GET", "/livez", headers)
        end
        """

    private static let get = """
        function request()
          return wrk.format("GET", string.format("/api/jobs/job-%05d", math.random(0, 9999)), headers)
        end
        """

    private static let post = """
        local count = 0
        function request()
          count = count + 1
          return wrk.format("POST", "/api/jobs", headers, string.format(
            '{"name":"new-' .. round .. '-%d","enabled":true,"nextRunAt":"2099-01-01T00:00:00.000Z","interval":60000,' ..
            '"runExecutionTimeout":60000,"runStartTimeout":60000,"heartbeatTimeout":10000,"maxQueueCount":10,' ..
            '"allowConcurrentRuns":false}', count))
        end
        """

    private static func script(_ request: String, _ authorization: String, _ round: Int = 0) -> String {
        """
        headers = { Authorization = "\(authorization)", ["Content-Type"] = "application/json" }
        round = \(round)
        \(request)
        function done(summary)
          io.write(string.format("figure requests %d\\n", summary.requests))
        end
        """
    }
}
