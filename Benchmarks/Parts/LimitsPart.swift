// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import RabbitMQBus
import Shared

/// What the two servers give to our wrappers when nobody decides anything: each step alone, and all of them together.
struct LimitsPart: BenchmarkPart {
    static let name = "limits"
    static let summary = "raw inserts, updates and confirmed publishes through our wrappers, alone and combined"

    func run(_ bench: Bench) async throws {
        for type in bench.settings.queueTypes ?? [.classic] {
            let name = type == .classic ? "limits" : "limits.\(type.rawValue)"
            let rig = try await LimitsRig(
                bench, name, jobs: bench.scaled(type == .classic ? 2000 : 400, least: 40), queueType: type)
            try await measureSteps(bench, rig, name, rounds: bench.scaled(5))
            let published = try measurePublishing(bench, rig, name, type)
            let rounds = bench.scaled(10, least: 2)
            bench.progress.show("all steps together")
            // Behind those of the single steps.
            let (runs, seconds) = try await rig.timed { lane in
                var tail: Task<Void, any Error>?
                for round in 1000..<(1000 + rounds) {
                    let runs = lane.runs(round: round)
                    try await lane.insert(runs)
                    try await lane.advance(round: round)
                    try await tail?.value
                    tail = Task {
                        try await lane.publish(runs)
                        try await lane.mark(runs)
                    }
                }
                try await tail?.value
                return rounds * lane.jobs.count
            }
            bench.report.add("\(name).combined", Double(runs) / seconds, "runs/s")
            try await rig.finish(name, runs: published + runs)
        }
    }

    private func measureSteps(_ bench: Bench, _ rig: LimitsRig, _ name: String, rounds: Int) async throws {
        bench.progress.show("inserts, then updates")
        let steps: [(String, @Sendable (LimitsLane, Int) async throws -> Void)] = [
            ("insert", { lane, round in try await lane.insert(lane.runs(round: round)) }),
            ("advance", { lane, round in try await lane.advance(round: round) }),
            ("mark", { lane, round in try await lane.mark(lane.runs(round: round)) }),
        ]
        for (step, work) in steps {
            let (count, seconds) = try await rig.timed { lane in
                for round in 0..<rounds { try await work(lane, round) }
                return rounds * lane.jobs.count
            }
            bench.report.add("\(name).\(step)", Double(count) / seconds, "runs/s")
        }
        try await rig.passOver(rounds: 1000, done: rounds)
    }

    /// Gives the number of messages.
    private func measurePublishing(
        _ bench: Bench, _ rig: LimitsRig, _ name: String, _ type: QueueType
    ) throws -> Int {
        bench.progress.show("confirmed publishes")
        let client = try BrokerClient(try bench.broker(type), confirms: true)
        defer { client.close() }
        let actions = (0..<bench.scaled(5)).flatMap { round in
            rig.lanes.flatMap { lane in lane.actions(for: lane.runs(round: round)) }
        }
        let began = ContinuousClock.now
        for action in actions {
            try client.publish(
                exchange: Topology.exchange(of: action.jobName), key: Topology.actionKey,
                messageID: action.messageID, body: action.encodedBody())
            while client.unconfirmed >= 2000 { try awaitConfirms(client) }
        }
        while client.unconfirmed > 0 { try awaitConfirms(client) }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        bench.report.add("\(name).publish", Double(actions.count) / seconds, "messages/s")
        return actions.count
    }

    private func awaitConfirms(_ client: BrokerClient) throws {
        let before = client.unconfirmed
        _ = try client.receive()
        if client.unconfirmed == before { client.wait(atMost: .milliseconds(100)) }
    }
}
