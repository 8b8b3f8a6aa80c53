// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The slot that a job is armed with when its maker or editor does not say.
package enum NextSlot {
    /// For a new job: now, or the next slot of its cron, or `startAt` when that is later; `nil` for a one-shot, which only its maker can arm.
    package static func first(of job: Job, now: Timestamp) -> Timestamp? {
        switch job.schedule {
        case .once: nil
        case .every: within(job, max(now, job.startAt ?? now))
        case .cron(let cron):
            cron.next(after: max(now, (job.startAt ?? now) - .milliseconds(1))).flatMap { within(job, $0) }
        }
    }

    /// For a job whose schedule was edited.
    ///
    /// A new interval goes on from the last slot of the old one, so that the job neither fires at once nor waits for
    /// longer than either interval; a job that becomes a one-shot keeps its slot.
    package static func afterEdit(of before: Job?, to after: Job, now: Timestamp) -> Timestamp? {
        switch (before?.schedule, after.schedule) {
        case (_, .once): return after.nextRunAt
        case (.every(let old)?, .every(let new)):
            guard let next = before?.nextRunAt else { return first(of: after, now: now) }
            let slot = next - old + new
            guard slot < now else { return within(after, max(slot, after.startAt ?? slot)) }
            let missed = after.schedule.latest(from: slot, notAfter: now).slot
            return within(after, max(missed + new, after.startAt ?? now))
        default: return first(of: after, now: now)
        }
    }

    /// Why there is none.
    package static func missing(for job: Job) -> String {
        job.schedule == .once
            ? "is missing: a job without interval and cron runs once, at this time" : "there is no slot before endAt"
    }

    private static func within(_ job: Job, _ slot: Timestamp) -> Timestamp? {
        slot <= job.endAt ?? .latest ? slot : nil
    }
}
