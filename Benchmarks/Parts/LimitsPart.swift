// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import RabbitMQBus
import RabbitMQTestSupport
import Shared

/// What the two servers give to our wrappers when nobody decides anything: each step alone, and all of them together.
struct LimitsPart: BenchmarkPart {
    static let name = "limits"
    static let summary = "raw inserts, updates and confirmed publishes through our wrappers, alone and combined"

    func run(_ bench: Bench) async throws {
        for type in bench.settings.queueTypes ?? [.classic] {
            let name = type == .classic ? "limits" : "limits.\(type.rawValue)"
            try measureDeclaring(bench, name, type)
            let jobs = try JobPopulation(
                type == .classic ? "many" : "limits-\(type.rawValue)",
                count: bench.scaled(type == .classic ? 2000 : 400, least: 40))
            let rig = try await LimitsRig(bench, name, jobs, queueType: type)
            try measureReports(bench, jobs, name, type)
            if type == .classic { try measureBurst(bench) }
            let stored = bench.scaled(3)
            try await measureSteps(bench, rig, name, rounds: stored)
            let published = try measurePublishing(bench, rig, name, type, rounds: stored)
            let rounds = bench.scaled(6, least: 2)
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

    private func measureDeclaring(_ bench: Bench, _ name: String, _ type: QueueType) throws {
        bench.progress.show("declaring")
        let jobs = try JobPopulation(
            "new-\(type.rawValue)", count: bench.scaled(type == .classic ? 240 : 80, least: 16))
        for figure in ["declare", "redeclare"] {
            let began = ContinuousClock.now
            try BrokerClient.declare(jobs.names, try bench.broker(type), connections: 16)
            let seconds = (ContinuousClock.now - began) / .seconds(1)
            bench.report.add("\(name).\(figure)", Double(jobs.names.count) / seconds, "jobs/s")
        }
    }

    /// What workers say, through the broker and no further: published, delivered and acknowledged.
    private func measureReports(_ bench: Bench, _ jobs: JobPopulation, _ name: String, _ type: QueueType) throws {
        bench.progress.show("statuses through the broker alone")
        let publisher = try BrokerClient(try bench.broker(type))
        defer { publisher.close() }
        let consumer = try BrokerClient(try bench.broker(type))
        defer { consumer.close() }
        try consumer.consume(of: jobs.names) { Topology.queue(of: $0, .status) }
        let body = Array(#"{"runId":"0123456789abcdef01234567","status":"running","progress":0.5}"#.utf8)
        let total = 10 * jobs.names.count
        var (sent, received) = (0, 0)
        let began = ContinuousClock.now
        while received < total {
            for _ in 0..<min(100, total - sent) {
                let job = jobs.names[sent % jobs.names.count]
                try publisher.publish(
                    exchange: Topology.exchange(of: job), key: Delivery.Kind.status.rawValue, body: body)
                sent += 1
            }
            _ = try publisher.receive()
            if sent == total { consumer.wait(atMost: .milliseconds(10)) }
            var last: UInt64?
            while let delivery = try consumer.receive() { (received, last) = (received + 1, delivery.tag) }
            if let last { try consumer.acknowledge(through: last) }
            guard ContinuousClock.now - began < .seconds(60) else {
                throw BenchmarkFailure("only \(received) of \(total) statuses came through the broker within 60 s")
            }
        }
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        bench.report.add("\(name).reports", Double(total) / seconds, "messages/s")
    }

    /// One message with its confirm to each of the queues that a burst goes to, after they were at rest: what the broker
    /// takes for it when nothing else is done and nobody consumes.
    ///
    /// The messages speak of a run that there is not; the Schedulers of later parts acknowledge them.
    private func measureBurst(_ bench: Bench) throws {
        bench.progress.show("a burst for the broker alone")
        let jobs = try JobPopulation("many", count: bench.population)
        // `takeover` has declared them.
        if bench.report.value("takeover.jobs") == nil {
            try BrokerClient.declare(jobs.names, try bench.broker(), connections: 16)
        }
        let client = try BrokerClient(try bench.broker(), confirms: true)
        defer { client.close() }
        let body = Array(#"{"runId":"0123456789abcdef01234567","status":"running"}"#.utf8)
        for wanted in [5_000, 10_000] where bench.scaled(wanted) <= bench.population {
            let began = ContinuousClock.now
            for job in jobs.names.prefix(bench.scaled(wanted)) {
                try client.publish(
                    exchange: Topology.exchange(of: job), key: Delivery.Kind.status.rawValue, body: body)
                while client.unconfirmed >= 2000 { try awaitConfirms(client) }
            }
            while client.unconfirmed > 0 { try awaitConfirms(client) }
            bench.report.add("limits.burst.\(wanted)", (ContinuousClock.now - began) / .seconds(1), "s")
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
        _ bench: Bench, _ rig: LimitsRig, _ name: String, _ type: QueueType, rounds: Int
    ) throws -> Int {
        bench.progress.show("confirmed publishes")
        let client = try BrokerClient(try bench.broker(type), confirms: true)
        defer { client.close() }
        let actions = (0..<rounds).flatMap { round in
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
