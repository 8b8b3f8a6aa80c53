// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import RabbitMQBus
import Shared

/// The naive loop: insert with majority, publish with confirm, update, one run at a time.
struct BaselinePart: BenchmarkPart {
    static let name = "baseline"
    static let summary = "the naive loop: insert, publish with confirm, update, one at a time"

    func run(_ bench: Bench) async throws {
        let rig = try await LimitsRig(
            bench, "baseline", try JobPopulation("baseline", count: 1), queueType: .classic)
        let lane = rig.lanes[0]
        let length = Duration.seconds(bench.scaledSeconds(3))
        bench.progress.show("one run at a time")
        let began = ContinuousClock.now
        var rounds = 0
        while ContinuousClock.now - began < length {
            let runs = lane.runs(round: rounds)
            try await lane.insert(runs)
            try await lane.publish(runs)
            try await lane.advance(round: rounds)
            rounds += 1
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        bench.report.add("baseline.rate", Double(rounds) / seconds, "runs/s")
        try await rig.finish("baseline", runs: rounds)
    }
}
