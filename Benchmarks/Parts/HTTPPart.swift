// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Histogram
import Shared

/// Runs that are signed requests and are kept in MongoDB: how many, how late, and what a host costs that swallows everything.
struct HTTPPart: BenchmarkPart {
    static let name = "http"
    static let summary =
        "signed deliveries kept in MongoDB, beside the client alone; lag, a host that swallows, 512 in flight"

    /// How many bursts are measured; the one before them is for warming up.
    private static let bursts = 3

    func run(_ bench: Bench) async throws {
        try await measureRate(bench)
        try await measureLag(bench)
        try await measureInFlight(bench)
    }

    /// From a slot until the last of its runs is stored as completed.
    private func measureRate(_ bench: Bench) async throws {
        let receiver = try RequestReceiver()
        defer { receiver.stop() }
        let url = "http://127.0.0.1:\(receiver.port)/"
        bench.progress.show("the HTTP client alone")
        let each = bench.scaled(500, least: 10)
        let client = try await BareClient.rate(to: url, lanes: 32, each: each)
        let one = try await BareClient.rate(to: url, lanes: 1, each: 4 * each)
        bench.progress.show("the HTTP client and MongoDB alone")
        let kept = try await BenchmarkDatabase(bench, "bench_http_bare")
        var random = SystemRandomNumberGenerator()
        let recorded = try await BareClient.recordedRate(
            to: url, kept, IdentifierGenerator(random: &random), bulks: bench.scaled(16, least: 2), of: 500)
        try await kept.drop()

        let count = bench.scaled(6_000, least: 100)
        let rig = try await RequestRig(bench, "http", urls: Array(repeating: url, count: count))
        let before = receiver.count
        let interval = Duration.seconds(8)
        let first = try await rig.arm(0..<count, interval: interval, spread: .zero)
        var rates: [Double] = []
        var scheduler = 0.0
        var mongod = 0.0
        for burst in 0...Self.bursts {
            let slot = first + interval * burst
            guard WallClock.now() < slot else { throw BenchmarkFailure("burst \(burst) was not over in time") }
            try await WallClock.sleep(until: slot - .milliseconds(100))
            bench.progress.show("delivering, burst \(burst)")
            let cpu = try CPUTimes.now(bench, scheduler: rig.scheduler)
            let total = count * (burst + 1)
            try await rig.scheduler.wait(upTo: .seconds(60), every: .milliseconds(5), "all have arrived") {
                receiver.count - before >= total
            }
            try await rig.scheduler.wait(upTo: .seconds(60), every: .milliseconds(10), "all are stored") {
                try await rig.completed() >= total
            }
            let seconds = Double(WallClock.microseconds() - slot.millisecondsSinceEpoch * 1_000) / 1_000_000
            guard burst > 0 else { continue }
            rates.append(Double(count) / seconds)
            let used = try CPUTimes.now(bench, scheduler: rig.scheduler) - cpu
            scheduler += used.scheduler
            mongod += used.mongod
        }
        let thousands = Double(count * Self.bursts) / 1_000
        bench.report.add("http.rate", rates.median, "runs/s", goal: .atLeast(1_500))
        bench.report.add("http.client", client, "requests/s")
        bench.report.add("http.client.one", one, "requests/s")
        bench.report.add("http.client.recorded", recorded, "requests/s")
        bench.report.add("http.of-client", 100 * rates.median / client, "%")
        bench.report.add("http.of-client.one", 100 * rates.median / one, "%")
        bench.report.add("http.of-client.recorded", 100 * rates.median / recorded, "%", goal: .atLeast(50))
        bench.report.add("http.cpu.scheduler", scheduler / thousands, "s/1000 runs")
        bench.report.add("http.cpu.mongod", mongod / thousands, "s/1000 runs")
        try await rig.finish("http") { receiver.count - before }
    }

    /// 99 hosts with 300 slots a second together; then a hundredth beside them that takes all it gets and answers nothing.
    private func measureLag(_ bench: Bench) async throws {
        let (receiver, pit) = (try RequestReceiver(), try RequestReceiver(answers: false))
        defer {
            receiver.stop()
            pit.stop()
        }
        let (hosts, swallowed) = (99, 64)
        let urls = (1...hosts).map { "http://127.0.1.\($0):\(receiver.port)/" }
        let rig = try await RequestRig(
            bench, "http", urls: urls + Array(repeating: "http://127.0.2.1:\(pit.port)/", count: swallowed))
        let seconds = bench.scaledSeconds(bench.settings.isLong ? 60 : 10)
        let interval = Duration.milliseconds(330)
        func measure(_ purpose: String, from start: Timestamp) async throws -> RequestReceiver.Window {
            let end = start + .seconds(seconds)
            receiver.measure(from: start, to: end)
            bench.progress.show(purpose)
            try await WallClock.sleep(until: end + .seconds(1))
            guard let window = receiver.measured(), window.lags.totalCount >= UInt64(hosts * seconds * 29 / 10) else {
                throw BenchmarkFailure("too few requests have come")
            }
            return window
        }
        let first = try await rig.arm(0..<hosts, interval: interval, spread: interval)
        let alone = try await measure("\(hosts) hosts", from: first + .seconds(2))
        _ = try await rig.arm(hosts..<hosts + swallowed, interval: .seconds(1), spread: .seconds(1))
        try await rig.scheduler.wait(upTo: .seconds(20), "the pit is full") { pit.count >= 32 }
        let beside = try await measure("one more that swallows", from: WallClock.now() + .seconds(1))
        bench.report.addLags("http.lag", alone.lags, p99Goal: 50)
        bench.report.addLags("http.swallowed.lag", beside.lags)
        func p99(_ window: RequestReceiver.Window) -> Double { Double(window.lags.valueAtPercentile(99)) / 1_000 }
        bench.report.add("http.swallowed.added", p99(beside) - p99(alone), "ms", goal: .atMost(10))
        await rig.scheduler.kill()
        try await rig.database.drop()
    }

    private func measureInFlight(_ bench: Bench) async throws {
        let pit = try RequestReceiver(answers: false)
        defer { pit.stop() }
        let count = 512
        let urls = (0..<count).map { "http://127.0.\(3 + $0 / 128).\(1 + $0 % 128):\(pit.port)/" }
        let rig = try await RequestRig(bench, "http", urls: urls)
        let before = try ProcessUsage(of: rig.scheduler.pid).residentBytes
        _ = try await rig.arm(0..<count, interval: .seconds(86_400), spread: .zero)
        bench.progress.show("\(count) requests in flight")
        try await rig.scheduler.wait(upTo: .seconds(20), "all are in flight") { pit.count >= count }
        try await Task.sleep(for: .seconds(1))
        let usage = try ProcessUsage(of: rig.scheduler.pid)
        bench.report.add("http.inflight.memory", usage.residentBytes / 1_048_576, "MiB", goal: .atMost(120))
        bench.report.add("http.inflight.memory.each", (usage.residentBytes - before) / 1_024 / Double(count), "KiB")
        let began = ContinuousClock.now
        try await rig.scheduler.stop()
        bench.report.add("http.inflight.stop", (ContinuousClock.now - began) / .seconds(1), "s", goal: .atMost(10))
        try await rig.database.drop()
    }
}
