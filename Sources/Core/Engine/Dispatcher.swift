// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Fires what is due: takes it from the table in batches and puts each through decide and commit; hands the
/// actions to the outlets, which do the rest while the next batch is under way.
///
/// One loop per instance. Everything that counts a job's runs and then acts on the count happens in it, so two decisions
/// about one job never overlap.
struct Dispatcher: Sendable {
    let environment: EngineEnvironment
    let holdings: Holdings
    let store: any SlotLedger & RunLedger
    let ids: IdentifierGenerator
    let outlets: Outlets
    let settler: RunSettler
    let claimer: JobClaimer

    /// Runs until the engine is to stop; the batch in hand is finished first.
    func run() async {
        let table = holdings.table
        environment.stop.rings(table.alarm)
        while !environment.stop.isRaised, !Task.isCancelled {
            guard holdings.lease.isValid else {
                await table.alarm.wait(for: .milliseconds(100), clock: environment.clock)
                continue
            }
            // What leaves by HTTP does not wait for the broker.
            let hasRoom = await outlets.hasRoom
            let batch = table.takeDue(
                now: environment.clock.now(), limit: environment.settings.batchSize, onlyByHTTP: !hasRoom)
            guard !batch.isEmpty else {
                if hasRoom {
                    await table.alarm.wait(until: table.nextDue(), clock: environment.clock)
                } else {
                    await table.alarm.wait(for: .milliseconds(100), clock: environment.clock)
                }
                continue
            }
            await dispatch(batch)
        }
    }

    /// Puts one batch through, alone if the database refuses it as a whole.
    private func dispatch(_ batch: [TakenJob]) async {
        do {
            var tried: [JobName: Set<Timestamp?>] = [:]
            let outcomes = try await environment.untilStored("fire") { () throws(StoreError) in
                try await fire(batch, tried: &tried)
            }
            holdings.table.finish(outcomes ?? batch.map { unchanged($0.held) })
            // Only now: while a job is busy, the slot that a look finds is not taken over.
            await claimer.note((outcomes ?? []).filter(\.wasRefused).map(\.name))
        } catch  where batch.count > 1 {
            for single in batch { await dispatch([single]) }
        } catch {
            for held in batch.map(\.held) {
                environment.logger.log(.error, "cannot fire job", [.job: "\(held.name)", .error: "\(error)"])
                var outcome = unchanged(held)
                outcome.retryAt = environment.clock.now() + environment.settings.publishTimeout
                holdings.table.finish([outcome])
            }
        }
    }

    private func unchanged(_ held: HeldJob) -> BatchOutcome {
        BatchOutcome(name: held.name, lockEpoch: held.owned.lockEpoch)
    }

    /// `tried` gathers where the steps of each try were to lead: the answer of one may be lost.
    private func fire(
        _ taken: [TakenJob], tried: inout [JobName: Set<Timestamp?>]
    ) async throws(StoreError) -> [BatchOutcome] {
        let batch = taken.filter { holdings.table.holds($0.held.name, epoch: $0.held.owned.lockEpoch) }
        let now = environment.clock.now()
        let limited = batch.filter(\.needsCounts).map(\.held.name)
        let activity = limited.isEmpty ? [:] : try await store.activity(of: limited)
        let begun = try await begunSlots(batch, isRetry: !tried.isEmpty)
        let plan = DispatchPlan(
            batch, activity: activity, begun: begun, now: now, settings: environment.settings,
            ids: ids)

        for step in plan.batch.steps { tried[step.name, default: []].insert(step.to) }
        let lease = holdings.lease
        let committed = try await store.commit(plan.batch) { lease.isValid }
        let lost = plan.batch.steps.count - committed.advanced.count
        if lost > 0 { environment.metrics.count(.fenceRejects, by: lost) }
        let released = plan.releases.isEmpty ? [] : try await store.update(plan.releases)
        await publish(plan, stored: committed.runs, released: released, now: now)
        count(plan, advanced: committed.advanced, now: now)
        return plan.outcomes(advanced: committed.advanced, tried: tried, now: environment.clock.now())
    }

    /// What a predecessor, or a try of ours that failed, has begun of these jobs' slots.
    private func begunSlots(
        _ batch: [TakenJob], isRetry: Bool
    ) async throws(StoreError) -> [JobName: Set<Timestamp>] {
        let cursors = batch.filter { $0.isDue && ($0.held.mayHaveBegun || isRetry) }.compactMap { taken in
            let cursors = [taken.held.owned.job.nextRunAt, taken.held.replaced?.nextRunAt].compactMap(\.self)
            return cursors.min().map { (taken.held.name, $0) }
        }
        guard !cursors.isEmpty else { return [:] }
        return try await store.begunSlots(from: Dictionary(uniqueKeysWithValues: cursors))
    }

    private func publish(
        _ plan: DispatchPlan, stored: [Run], released: [RunUpdateOutcome], now: Timestamp
    ) async {
        let made = Set(plan.batch.runs.map(\.id))
        // What was adopted of a serial job has to queue: another run may have been published since it was made.
        let queuing = stored.filter {
            !made.contains($0.id) && plan.jobs[$0.jobName]?.job.allowsConcurrentRuns == false
        }
        let adopted = Set(queuing.map(\.id))
        await settler.rescue(queuing, jobs: plan.jobs)
        var ready = stored.filter { !adopted.contains($0.id) }
        // What somebody else has changed meanwhile is looked at once more.
        for (update, outcome) in zip(plan.releases, released) where outcome != .applied {
            holdings.table.requestRelease(update.before.jobName)
        }
        let begun = zip(plan.releases, released).filter { $0.1 == .applied }.map(\.0)
        let unseen = made.union(begun.filter(\.before.isUnseen).map(\.after.id))
        ready += begun.map(\.after)
        await outlets.enqueue(
            ready.compactMap { run in
                plan.jobs[run.jobName].flatMap {
                    PendingAction(
                        run, of: $0, now: now, isFirstHand: unseen.contains(run.id), settings: environment.settings)
                }
            })
    }

    private func count(_ plan: DispatchPlan, advanced: Set<JobName>, now: Timestamp) {
        for run in plan.batch.runs where advanced.contains(run.jobName) {
            environment.metrics.count(.runsCreated)
            if let slot = run.scheduledTime, let job = plan.jobs[run.jobName]?.job {
                environment.metrics.fired(late: now - job.dueAt(slot))
            }
        }
        for step in plan.batch.steps where advanced.contains(step.name) {
            for skip in step.skips {
                environment.metrics.skipped(skip)
                environment.logger.log(
                    .warning, "slots skipped",
                    [
                        .job: "\(step.name)", .reason: "\(skip.reason.rawValue)", .count: "\(skip.count)",
                        .first: "\(skip.firstSlot)", .last: "\(skip.lastSlot)",
                    ])
            }
        }
    }
}
