// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// All that one batch is going to write, decided from values alone.
package struct DispatchPlan: Sendable {
    /// The runs to make, and the jobs to move to their next slot.
    package private(set) var batch = SlotBatch()
    /// The waiting runs whose turn has come.
    package private(set) var releases: [RunUpdate] = []
    /// The jobs of the batch by name.
    package let jobs: [JobName: OwnedJob]
    /// The jobs whose edit in the database is accounted for, as they were edited.
    private var accounts: [JobName: OwnedJob] = [:]
    private var stillWaiting: Set<JobName> = []
    private var haveWaiting: [JobName: Bool] = [:]

    /// Decides a batch.
    package init(
        _ taken: [TakenJob], activity: [JobName: JobActivity],
        begun: [JobName: Set<Timestamp>], now: Timestamp, settings: EngineSettings, ids: IdentifierGenerator
    ) {
        jobs = Dictionary(uniqueKeysWithValues: taken.map { ($0.held.name, $0.held.owned) })
        for job in taken {
            let held = job.held
            var counts = activity[held.name] ?? JobActivity()
            release(held.owned, counts: &counts, now: now, settings: settings)
            if job.needsCounts { haveWaiting[held.name] = counts.waiting > 0 }
            guard job.isDue, let manager = held.owned.managerID else { continue }
            if let replaced = held.replaced {
                account(for: held.owned, manager, instead: replaced, begun: begun[held.name] ?? [], now: now)
                continue
            }
            guard held.owned.job.isEnabled else { continue }
            guard let slot = held.owned.job.nextRunAt else {
                batch.steps += arming(held.owned, by: manager, now: now)
                continue
            }
            let decision = SlotDecision(
                job: held.owned.job, now: now,
                missedBefore: max(held.missedBefore, now - settings.failoverTolerance),
                disabledUntil: held.disabledUntil, activity: counts,
                begun: begun[held.name] ?? [],
                limit: max(1, min(settings.maxSlotsPerJob, settings.maxRunsPerBatch - batch.runs.count)))
            if begun[held.name] != nil, !held.owned.job.allowsConcurrentRuns { stillWaiting.insert(held.name) }
            if decision.firings.contains(where: \.isWaiting) { haveWaiting[held.name] = true }
            for firing in decision.firings {
                var run = Run(
                    id: RunID(ids.next(at: now)), jobName: held.name, createdTime: now,
                    scheduledTime: firing.slot, isWaiting: firing.isWaiting,
                    deadline: firing.isWaiting ? nil : now + settings.publishTimeout,
                    lockEpoch: held.owned.lockEpoch)
                run.address(by: held.owned.job)
                batch.runs.append(run)
            }
            batch.steps.append(
                JobAdvance(
                    name: held.name, managerID: manager, lockEpoch: held.owned.lockEpoch,
                    edition: held.owned.edition, from: slot, to: decision.next, anchor: held.owned.job.anchor,
                    endOf: held.owned.job, skips: decision.skips))
        }
    }

    /// Does for an edit that was made in the database what the API does for its own: arms a new schedule, unless a slot was
    /// given too, and records what was reached and is no slot any more.
    private mutating func account(
        for owned: OwnedJob, _ manager: ManagerID, instead replaced: Job, begun: Set<Timestamp>, now: Timestamp
    ) {
        var job = owned.job
        if job.nextRunAt == replaced.nextRunAt, job.schedule != replaced.schedule || job.nextRunAt == nil {
            job.nextRunAt = NextSlot.afterEdit(of: replaced, to: job, now: now)
        } else if HeldJob.needsSlot(job, now: now) {
            job.nextRunAt = NextSlot.first(of: job, now: now)
        }
        let (stored, skips) = job.replacing(replaced, now: now, upTo: now, begun: begun)
        let step = JobAdvance(
            name: job.name, managerID: manager, lockEpoch: owned.lockEpoch, edition: owned.edition,
            accountsForEdit: true, from: owned.job.nextRunAt, to: stored.nextRunAt, anchor: stored.anchor,
            endOf: owned.job, skips: skips)
        batch.steps.append(step)
        accounts[job.name] = OwnedJob(
            job: stored, managerID: manager, lockEpoch: owned.lockEpoch, edition: step.editionAfter)
    }

    /// Where each job of the batch stands after it, given the jobs that did move.
    package func outcomes(
        advanced: Set<JobName>, tried: [JobName: Set<Timestamp?>] = [:], now: Timestamp
    ) -> [BatchOutcome] {
        let next = Dictionary(uniqueKeysWithValues: batch.steps.map { ($0.name, $0.to) })
        return jobs.values.map { owned in
            let name = owned.job.name
            var outcome = BatchOutcome(name: name, lockEpoch: owned.lockEpoch)
            outcome.wantsRelease = stillWaiting.contains(name)
            outcome.mayHaveWaiting = haveWaiting[name]
            if let slot = next[name] {
                if advanced.contains(name) {
                    outcome.next = BatchOutcome.Next(slot: slot)
                    outcome.accountedFor = accounts[name]
                    // Runs of the slots from there on may be an earlier owner's still.
                    outcome.mayHaveBegun = accounts[name] != nil
                } else {
                    outcome.wasRefused = true
                    outcome.triedSlots = tried[name] ?? []
                    // Where the look finds nothing new: the database refuses it for another reason.
                    outcome.retryAt = now + .seconds(1)
                }
            }
            return outcome
        }
    }

    /// The step of a job with a cron that has no slot to its next one.
    private func arming(_ owned: OwnedJob, by manager: ManagerID, now: Timestamp) -> [JobAdvance] {
        guard case .cron = owned.job.schedule, let slot = NextSlot.first(of: owned.job, now: now) else { return [] }
        return [
            JobAdvance(
                name: owned.job.name, managerID: manager, lockEpoch: owned.lockEpoch, edition: owned.edition, from: nil,
                to: slot)
        ]
    }

    private mutating func release(
        _ owned: OwnedJob, counts: inout JobActivity, now: Timestamp, settings: EngineSettings
    ) {
        // What is pending and does not wait for its turn waits for its next attempt.
        let isFree = counts.active == 0 && !(owned.job.clockMonster != nil && counts.pending > counts.waiting)
        guard let oldest = counts.oldestWaiting, owned.job.allowsConcurrentRuns || isFree else { return }
        var released = oldest
        released.isWaiting = false
        released.retryAt = nil
        released.lockEpoch = owned.lockEpoch
        released.deadline = now + settings.publishTimeout
        released.address(by: owned.job)
        releases.append(RunUpdate(before: oldest, after: released))
        counts.active += 1
        counts.waiting -= 1
        if owned.job.allowsConcurrentRuns, counts.waiting > 0 { stillWaiting.insert(owned.job.name) }
    }
}
