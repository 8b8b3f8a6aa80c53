// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The slot that a job is armed with when its maker or editor does not say.
package enum NextSlot {
    /// For a new job: now, or the next slot of its cron or of the row from its anchor, or `startAt` when that is later; `nil`
    /// for a one-shot, which only its maker can arm.
    package static func first(of job: Job, now: Timestamp) -> Timestamp? {
        let limit = max(now, (job.startAt ?? now) - .milliseconds(1))
        return switch job.schedule {
        case .once: nil
        case .cron(let cron): cron.next(after: limit).flatMap { within(job, $0) }
        case .calendar(let calendar) where calendar.anchor != nil:
            calendar.next(after: limit).flatMap { within(job, $0) }
        case .every, .calendar: within(job, max(now, job.startAt ?? now))
        }
    }

    /// For a job whose schedule was edited.
    ///
    /// A row of slots that has not begun (``isStart(_:of:now:)``) begins where it did. A new interval goes on from the last
    /// slot of the old one, so that the job neither fires at once nor waits for longer than either interval; a new step on
    /// the calendar is counted from the old anchor. A job that becomes a one-shot keeps its slot; where it goes over to the
    /// calendar, its row begins at that slot, unless an anchor was given.
    package static func afterEdit(of before: Job?, to after: Job, now: Timestamp) -> Timestamp? {
        guard after.schedule != .once else { return after.nextRunAt }
        guard let before, let next = before.nextRunAt else { return first(of: after, now: now) }
        if let anchor = after.anchor, anchor != before.anchor, anchor != next { return first(of: after, now: now) }
        if isStart(next, of: before, now: now) { return within(after, next) }
        switch (before.schedule, after.schedule) {
        case (.every, .every(let new)), (.calendar, .every(let new)):
            guard let last = before.schedule.last(before: next) else { return first(of: after, now: now) }
            let slot = last + new
            guard slot < now else { return within(after, max(slot, after.startAt ?? slot)) }
            let missed = after.schedule.latest(from: slot, notAfter: now).slot
            return within(after, max(missed + new, after.startAt ?? now))
        case (.once, .calendar), (.every, .calendar), (.cron, .calendar): return within(after, next)
        default: return first(of: after, now: now)
        }
    }

    /// Why there is none.
    package static func missing(for job: Job) -> String {
        job.schedule == .once
            ? "is missing: a job without interval, cron and every runs once, at this time"
            : "there is no slot before endAt"
    }

    /// Whether `next`, which lies ahead, is where somebody has put the beginning of the row: the schedule would have an
    /// earlier one, or has none of its own.
    private static func isStart(_ next: Timestamp, of job: Job, now: Timestamp) -> Bool {
        guard next > now else { return false }
        switch job.schedule {
        case .once: return true
        case .every, .calendar:
            guard let last = job.schedule.last(before: next) else { return true }
            return last > now || last < job.startAt ?? last
        case .cron(let cron):
            guard let first = cron.next(after: max(now, (job.startAt ?? now) - .milliseconds(1))) else { return true }
            return next > first
        }
    }

    private static func within(_ job: Job, _ slot: Timestamp) -> Timestamp? {
        slot <= job.endAt ?? .latest ? slot : nil
    }
}
