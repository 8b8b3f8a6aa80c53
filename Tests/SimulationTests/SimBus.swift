// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport

/// The broker as one simulated process sees it: publishing takes time, and the process may die before and after.
struct SimBus: SchedulerBus {
    let base: MemoryBus
    let process: SimProcess
    let time: SimTime
    let faults: FaultPlan
    let checker: InvariantChecker
    private let open = SimDeliveries()
    /// Called after each publish, whether or not its process lives on to see it.
    let onPublish: @Sendable () -> Void

    init(
        base: MemoryBus, process: SimProcess, time: SimTime, faults: FaultPlan, checker: InvariantChecker,
        onPublish: @escaping @Sendable () -> Void
    ) {
        self.base = base
        self.process = process
        self.time = time
        self.faults = faults
        self.checker = checker
        self.onPublish = onPublish
    }

    private func mishap(_ moment: String) async {
        try? await time.sleep(for: faults.latency())
        if faults.dies(moment, process) { process.kill() }
    }

    func run() async throws(BusError) { try await base.run() }

    func ready() async throws(BusError) { try await base.ready() }

    func publish(_ actions: [ActionMessage]) async -> [PublishOutcome] {
        await mishap("before publish")
        guard !process.isDead else { return actions.map { _ in .unconfirmed } }
        let outcomes = await base.publish(actions)
        faults.world.detail("\(process.name) publishes \(actions.map { "\($0.jobName) \($0.messageID)" })")
        onPublish()
        await mishap("after publish")
        return process.isDead ? actions.map { _ in .unconfirmed } : outcomes
    }

    func send(_ messages: [OutgoingMessage]) async -> [PublishOutcome] {
        await mishap("before send")
        guard !process.isDead else { return messages.map { _ in .unconfirmed } }
        let outcomes = await base.send(messages)
        faults.world.detail("\(process.name) sends \(messages.map(\.id))")
        await mishap("after send")
        return process.isDead ? messages.map { _ in .unconfirmed } : outcomes
    }

    func deadLetter(_ letters: [DeadLetter]) async throws(BusError) { try await base.deadLetter(letters) }

    func subscribe(_ workers: [WorkerAddress]) async {
        faults.world.detail("\(process.name) subscribes to \(workers)")
        await base.subscribe(workers)
    }

    func drain(_ jobs: [JobName]) async { await base.drain(jobs) }

    func release(_ jobs: [JobName]) async -> [ReleaseOutcome] {
        await mishap("before remove")
        guard !process.isDead else { return jobs.map { _ in .unavailable } }
        let outcomes = await base.release(jobs)
        faults.world.detail("\(process.name) removes \(jobs): \(outcomes)")
        await mishap("after remove")
        return process.isDead ? jobs.map { _ in .unavailable } : outcomes
    }

    func unsubscribe(_ workers: [WorkerAddress]) async { await base.unsubscribe(workers) }

    func pauseReports() async { await base.pauseReports() }

    func resumeReports() async { await base.resumeReports() }

    func reports(limit: Int) async throws(BusError) -> ReportBatch {
        let batch = try await base.reports(limit: limit)
        let number = open.add(batch)
        return ReportBatch(batch.deliveries) {
            await mishap("before acknowledge")
            guard !process.isDead else { return }
            checker.check(acknowledged: open.remove(through: number), by: process.name)
            await batch.acknowledge()
        }
    }

    func announce(_ hint: ControlHint) async { await base.announce(hint) }

    func nextHint() async throws(BusError) -> ControlHint? { try await base.nextHint() }

    func state() async -> BusState { await base.state() }

    func close() async { await base.close() }
}
