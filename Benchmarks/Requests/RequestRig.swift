// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import Shared

/// One Scheduler over jobs in MongoDB whose runs are signed requests.
///
/// The jobs are locked, and not due, once it is made.
final class RequestRig {
    let database: BenchmarkDatabase
    let scheduler: ServiceProcess
    private let bench: Bench

    /// Brings everything up, with a job for each URL.
    init(_ bench: Bench, _ name: String, urls: [String]) async throws {
        self.bench = bench
        bench.progress.show("storing \(urls.count) jobs")
        database = try await BenchmarkDatabase(bench, "bench_\(name)")
        try await database.insert(try JobPopulation("hook", count: urls.count)) { number in
            [
                "http": [
                    "url": .string(urls[number]), "signingSecrets": ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
                ]
            ]
        }
        bench.progress.show("a Scheduler takes them")
        // The receivers are on this machine.
        scheduler = try ServiceProcess(
            "simple-scheduler", bench, database: database.name, [.httpDeniedNetworks: "169.254.0.0/16"])
        try await scheduler.waitUntilReady()
        try await scheduler.wait(upTo: .seconds(120), "all jobs are locked") { [database] in
            try await database.heldJobs() >= urls.count
        }
    }

    /// Makes jobs fall due; gives the first slot.
    func arm(_ range: Range<Int>, interval: Duration, spread: Duration) async throws -> Timestamp {
        let lead = Duration.milliseconds(1_500 + range.count / 5)
        let first = WallClock.now() + lead
        try await database.arm(range, first: first, interval: interval, spread: spread)
        try Rig.hint(bench)
        guard WallClock.now() < first else { throw BenchmarkFailure("the database took over \(lead) to arm the jobs") }
        return first
    }

    /// How many runs are stored as completed.
    func completed() async throws -> Int { try await database.count("runs", ["status": "completed"]) }

    /// Stops firing, lets every run end, stops the Scheduler and checks the books; `received` counts the requests.
    func finish(_ part: String, received: () -> Int) async throws {
        bench.progress.show("letting everything end")
        try await database.disableAll()
        try Rig.hint(bench)
        try await Task.sleep(for: .seconds(1))
        try await scheduler.wait(upTo: .seconds(30), every: .milliseconds(250), "every run has ended") { [database] in
            try await database.uncompletedRuns() == 0
        }
        try await scheduler.stop()
        let (slots, runs) = (try await database.decidedSlots(), try await database.count("runs"))
        bench.report.check(
            part, "\(slots) slots, \(runs) runs completed, \(received()) requests",
            isRight: slots == runs && runs == received())
        try await database.drop()
    }
}
