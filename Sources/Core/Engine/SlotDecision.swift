// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// What is to become of the slots of one job that are due, decided from values alone.
package struct SlotDecision: Hashable, Sendable {
    /// A slot that gets a run.
    package struct Firing: Hashable, Sendable {
        /// The slot.
        package let slot: Timestamp
        /// Whether its run has to wait for another run of the job to end.
        package let isWaiting: Bool
    }

    /// The inputs of the decision besides the slots, kept to explain it.
    package struct Evidence: Hashable, Sendable {
        /// When it was decided, by the server's clock.
        package let now: Timestamp
        /// Slots that were due before count as missed.
        package let missedBefore: Timestamp
        /// Slots up to here fell due while the job was disabled; `nil` = none.
        package let disabledUntil: Timestamp?
        /// The job's runs before this decision; not counted, so all zero, for a job without limits.
        package let activity: JobActivity
        /// What the job's definition said about missed slots.
        package let misfirePolicy: MisfirePolicy
        /// How many missed slots the policy `all` fires at most.
        package let maxCatchUp: Int
        /// How many runs may be pending; 0 = any number.
        package let maxQueueCount: Int
        /// Whether runs of the job may overlap.
        package let allowsConcurrentRuns: Bool
        /// Whether a run that waits for its next attempt keeps the place of a serial job.
        package let keepsPlace: Bool
    }

    package let evidence: Evidence
    /// Slots that get a run, in order.
    package var firings: [Firing] = []
    /// Slots that get none, as rows in order.
    package var skips: [SlotSkip] = []
    /// The first slot that is not decided; `nil` = the job is done.
    package var next: Timestamp?

    /// Decides the due slots of `job`, which is enabled and whose `nextRunAt` is not after `now`.
    ///
    /// Slots up to `disabledUntil` are skipped as such. Slots that were due before `missedBefore` are misfires: the job's
    /// ``MisfirePolicy`` says which of them are fired. All others are fired one by one, however late, at most `limit` at a
    /// time. `activity` counts the job's runs as they are; a job without limits needs none.
    /// A slot that is in `begun` has its run already: it is fired, whatever else holds, so that it gets no second outcome.
    package init(
        job: Job, now: Timestamp, missedBefore: Timestamp, disabledUntil: Timestamp? = nil,
        activity: JobActivity = JobActivity(), begun: Set<Timestamp> = [], limit: Int
    ) {
        evidence = Evidence(
            now: now, missedBefore: missedBefore, disabledUntil: disabledUntil, activity: activity,
            misfirePolicy: job.misfirePolicy, maxCatchUp: job.maxCatchUp, maxQueueCount: job.maxQueueCount,
            allowsConcurrentRuns: job.allowsConcurrentRuns, keepsPlace: job.clockMonster != nil)
        next = job.nextRunAt.flatMap { job.firstSlot(from: $0) }
        var counts = activity
        if let disabledUntil, job.schedule != .once {
            skipRow(of: job, upTo: disabledUntil, but: begun, reason: .disabled)
        }
        skipMissed(of: job, but: begun)
        while let slot = next, job.dueAt(slot) <= now, firings.count + skips.count < limit {
            if begun.contains(slot) {
                firings.append(Firing(slot: slot, isWaiting: !evidence.allowsConcurrentRuns))
            } else {
                fire(slot, counts: &counts)
            }
            next = job.slot(after: slot)
        }
    }

    /// Skips the missed slots (always the first ones) that the job's misfire policy does not fire.
    private mutating func skipMissed(of job: Job, but begun: Set<Timestamp>) {
        guard let first = next, job.dueAt(first) < evidence.missedBefore,
            let due = job.latestDue(from: first, at: evidence.now),
            let missed = job.latestDue(from: first, at: evidence.missedBefore - .milliseconds(1))
        else { return }
        let kept: Timestamp
        switch evidence.misfirePolicy {
        case .once: kept = due.slot
        case .skip: kept = missed.slot + .milliseconds(1)
        case .all:
            guard missed.count > Int64(evidence.maxCatchUp) else { return }
            kept = job.schedule.earlier(than: missed.slot, by: evidence.maxCatchUp - 1, from: first)
        }
        skipRow(of: job, upTo: kept - .milliseconds(1), but: begun, reason: .misfire)
    }

    /// Skips the slots up to `limit` as one row, or as several with what is begun in between.
    private mutating func skipRow(
        of job: Job, upTo limit: Timestamp, but begun: Set<Timestamp>, reason: SkipReason
    ) {
        for slot in begun.filter({ $0 <= limit }).sorted() {
            skipRow(of: job, upTo: slot - .milliseconds(1), reason: reason)
            guard next == slot else { continue }
            firings.append(Firing(slot: slot, isWaiting: !evidence.allowsConcurrentRuns))
            next = job.slot(after: slot)
        }
        skipRow(of: job, upTo: limit, reason: reason)
    }

    private mutating func skipRow(of job: Job, upTo limit: Timestamp, reason: SkipReason) {
        guard let first = next, first <= limit else { return }
        let row = job.schedule.latest(from: first, notAfter: min(limit, job.endAt ?? limit))
        skips.append(
            SlotSkip(reason: reason, firstSlot: first, lastSlot: row.slot, count: row.count, decidedAt: evidence.now))
        next = job.slot(after: row.slot)
    }

    private mutating func fire(_ slot: Timestamp, counts: inout JobActivity) {
        if evidence.maxQueueCount > 0, counts.pending >= evidence.maxQueueCount {
            skips.append(
                SlotSkip(reason: .queueFull, firstSlot: slot, lastSlot: slot, count: 1, decidedAt: evidence.now))
            return
        }
        let isTaken = counts.active > 0 || counts.waiting > 0 || evidence.keepsPlace && counts.pending > 0
        let waits = !evidence.allowsConcurrentRuns && isTaken
        firings.append(Firing(slot: slot, isWaiting: waits))
        counts.pending += 1
        if waits { counts.waiting += 1 } else { counts.active += 1 }
    }
}
