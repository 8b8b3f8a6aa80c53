// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import RabbitMQBus
import RabbitMQTestSupport
import Shared
import Synchronization

/// A worker for any number of jobs, on one thread: consumes all their action queues on one channel, acknowledges whole
/// batches, and says `running` and `completed` for each run when it is to.
final class ActionWorker: Sendable {
    private let state = Mutex(WorkerRecord())
    private let isConsuming = Atomic(false)
    private let isStopped = Atomic(false)
    private let hasEnded = Atomic(false)
    private let jobs: JobPopulation
    private let settings: RabbitMQSettings
    private let answers: Bool

    /// Starts the thread and waits until it consumes; the queues must be there.
    init(_ jobs: JobPopulation, _ settings: RabbitMQSettings, answers: Bool = false) async throws {
        self.jobs = jobs
        self.settings = settings
        self.answers = answers
        let thread = Thread { [self] in
            do { try work() } catch { state.withLock { $0.failure = "\(error)" } }
            hasEnded.store(true, ordering: .releasing)
        }
        thread.start()
        while !isConsuming.load(ordering: .acquiring) {
            try check()
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Looks at, or changes, what was seen.
    func record<Result>(_ body: (inout sending WorkerRecord) throws -> sending Result) throws -> Result {
        try check()
        return try state.withLock(body)
    }

    /// Ends the thread and waits for it.
    func stop() async throws {
        isStopped.store(true, ordering: .relaxed)
        while !hasEnded.load(ordering: .acquiring) { try await Task.sleep(for: .milliseconds(5)) }
        try check()
    }

    private func check() throws {
        if let failure = state.withLock({ $0.failure }) { throw BenchmarkFailure("the worker: \(failure)") }
    }

    private func work() throws {
        let inbound = try BrokerClient(settings)
        let outbound = try BrokerClient(settings)
        if let pool = jobs.pool {
            try inbound.consume(queue: Topology.actionQueue(of: .pool(pool)), tag: "pool")
        } else {
            try inbound.consume(of: jobs.names) { Topology.actionQueue(of: $0) }
        }
        isConsuming.store(true, ordering: .releasing)
        while !isStopped.load(ordering: .relaxed) {
            let batch = try take(from: inbound, limit: 500)
            if batch.isEmpty {
                inbound.wait(atMost: .milliseconds(20))
            } else {
                try handle(batch, inbound, outbound)
            }
            _ = try outbound.receive()
        }
        inbound.close()
        outbound.close()
    }

    private func take(from inbound: BrokerClient, limit: Int) throws -> [(BrokerDelivery, Int64)] {
        var batch: [(BrokerDelivery, Int64)] = []
        while batch.count < limit, let delivery = try inbound.receive() {
            batch.append((delivery, WallClock.microseconds()))
        }
        return batch
    }

    private func handle(
        _ batch: [(delivery: BrokerDelivery, arrival: Int64)], _ inbound: BrokerClient, _ outbound: BrokerClient
    ) throws {
        let runs = batch.map { ActionText.run(in: $0.delivery.messageID) }
        state.withLock { record in
            for (entry, run) in zip(batch, runs) {
                guard let run, let slot = ActionText.scheduledTime(in: entry.delivery.body) else {
                    record.addUnexpected()
                    continue
                }
                record.add(run.id, isFirstAttempt: run.isFirstAttempt, slot: slot, arrival: entry.arrival)
            }
        }
        if answers {
            for (entry, run) in zip(batch, runs) {
                guard let run else { continue }
                let job = entry.delivery.consumerTag
                for status in ["running", "completed"] {
                    try outbound.publish(
                        exchange: "scheduler.job.\(job)", key: "status",
                        body: Array(#"{"jobName":"\#(job)","runId":"\#(run.id.hex)","status":"\#(status)"}"#.utf8))
                }
            }
        }
        if let last = batch.last { try inbound.acknowledge(through: last.delivery.tag) }
    }
}
