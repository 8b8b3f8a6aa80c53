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

    /// Slots that get a run, in order.
    package var firings: [Firing] = []
    /// Slots that get none, as rows in order.
    package var skips: [SlotSkip] = []
    /// The first slot that is not decided; `nil` = the job is done.
    package var next: Timestamp?

    /// Decides the due slots of `job`, which is enabled and whose `nextRunAt` is not after `now`.
    ///
    /// Slots up to `disabledUntil` are skipped as such. A first slot before `missedBefore` is a misfire: of its row, all
    /// due ones, only the latest is fired. Otherwise each slot is fired, however late, at most `limit` at a time.
    /// `activity` counts the job's runs as they are; a job without limits needs none. A one-shot is always fired.
    /// A slot that is in `begun` has its run already: it is fired, whatever else holds, so that it gets no second outcome.
    package init(
        job: Job, now: Timestamp, missedBefore: Timestamp, disabledUntil: Timestamp? = nil,
        activity: JobActivity = JobActivity(), begun: Set<Timestamp> = [], limit: Int
    ) {
        next = job.nextRunAt
        var counts = activity
        if let disabledUntil { skipRow(of: job, upTo: disabledUntil, but: begun, reason: .disabled, now: now) }
        if let first = next, first < missedBefore { skipMissed(of: job, from: first, but: begun, now: now) }
        while let slot = next, slot <= now, firings.count + skips.count < limit {
            if begun.contains(slot) {
                firings.append(Firing(slot: slot, isWaiting: !job.allowsConcurrentRuns))
            } else {
                fire(slot, of: job, counts: &counts, now: now)
            }
            next = job.schedule.next(after: slot)
        }
    }

    /// Skips the slots up to `limit` as one row, or as several with what is begun in between.
    private mutating func skipRow(
        of job: Job, upTo limit: Timestamp, but begun: Set<Timestamp>, reason: SkipReason, now: Timestamp
    ) {
        guard job.schedule != .once else { return }
        let kept = begun.filter { $0 <= limit }.sorted()
        for slot in kept {
            skipRow(of: job, upTo: slot - .milliseconds(1), reason: reason, now: now)
            guard next == slot else { continue }
            firings.append(Firing(slot: slot, isWaiting: !job.allowsConcurrentRuns))
            next = job.schedule.next(after: slot)
        }
        skipRow(of: job, upTo: limit, reason: reason, now: now)
    }

    private mutating func skipRow(of job: Job, upTo limit: Timestamp, reason: SkipReason, now: Timestamp) {
        guard let first = next, first <= limit else { return }
        let row = job.schedule.latest(from: first, notAfter: limit)
        skips.append(
            SlotSkip(reason: reason, firstSlot: first, lastSlot: row.slot, count: row.count, decidedAt: now))
        next = job.schedule.next(after: row.slot)
    }

    private mutating func skipMissed(of job: Job, from first: Timestamp, but begun: Set<Timestamp>, now: Timestamp) {
        guard first <= now else { return }
        let latest = job.schedule.latest(from: first, notAfter: now).slot
        guard latest > first else { return }
        skipRow(of: job, upTo: latest - .milliseconds(1), but: begun, reason: .misfire, now: now)
    }

    private mutating func fire(_ slot: Timestamp, of job: Job, counts: inout JobActivity, now: Timestamp) {
        if job.maxQueueCount > 0, counts.pending >= job.maxQueueCount {
            skips.append(SlotSkip(reason: .queueFull, firstSlot: slot, lastSlot: slot, count: 1, decidedAt: now))
            return
        }
        let waits = !job.allowsConcurrentRuns && (counts.active > 0 || counts.waiting > 0)
        firings.append(Firing(slot: slot, isWaiting: waits))
        counts.pending += 1
        if waits { counts.waiting += 1 } else { counts.active += 1 }
    }
}
