// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// When a job's slots are: a function from one slot to the next, never from the time of firing.
package enum Schedule: Hashable, Sendable {
    /// One slot, the job's `nextRunAt`; then the job is done until it is armed again (`interval` 0).
    case once
    /// A slot every so many milliseconds (the job field `interval`), anchored to `nextRunAt`; the duration is at least one
    /// millisecond.
    case every(Duration)
    /// The times of a cron expression in a zone. The job's `nextRunAt` counts as a slot whether the expression has it or not.
    case cron(CronSchedule)
    /// Steps on the calendar from an anchor (the job field `every`). The job's `nextRunAt` counts as a slot whether it is one
    /// of them or not.
    case calendar(CalendarSchedule)

    /// The slot after `slot`, always later; `nil` when there is none.
    package func next(after slot: Timestamp) -> Timestamp? {
        switch self {
        case .once: nil
        case .every(let interval): Self.withinRange(slot + interval)
        case .cron(let cron): cron.next(after: slot)
        case .calendar(let calendar): calendar.next(after: slot)
        }
    }

    /// The first slot of the row that starts at `slot` which is not before `limit`; `nil` when there is none.
    package func first(from slot: Timestamp, notBefore limit: Timestamp) -> Timestamp? {
        guard slot < limit else { return slot }
        switch self {
        case .once: return nil
        case .every(let interval):
            let distance = limit.millisecondsSinceEpoch - slot.millisecondsSinceEpoch
            let steps = (distance + interval.milliseconds - 1) / interval.milliseconds
            return Self.withinRange(slot.advanced(by: steps, of: interval))
        case .cron(let cron): return cron.next(after: limit - .milliseconds(1))
        case .calendar(let calendar): return calendar.next(after: limit - .milliseconds(1))
        }
    }

    /// The last slot of the row that starts at `slot` which is not after `limit`, and how many slots the row has up to it.
    ///
    /// `slot` itself must not be after `limit`. Quick, however long the row is.
    package func latest(from slot: Timestamp, notAfter limit: Timestamp) -> (slot: Timestamp, count: Int64) {
        switch self {
        case .once: return (slot, 1)
        case .every(let interval):
            let steps = (limit.millisecondsSinceEpoch - slot.millisecondsSinceEpoch) / interval.milliseconds
            return (slot.advanced(by: steps, of: interval), steps + 1)
        case .cron(let cron): return cron.latest(from: slot, notAfter: limit)
        case .calendar(let calendar): return calendar.latest(from: slot, notAfter: limit)
        }
    }

    /// The slot `steps` before `slot`, in the row that starts at `first`; `first` when the row is shorter.
    package func earlier(than slot: Timestamp, by steps: Int, from first: Timestamp) -> Timestamp {
        switch self {
        case .once: return first
        case .every(let interval): return max(first, slot.advanced(by: -Int64(steps), of: interval))
        case .cron, .calendar:
            var slot = slot
            for _ in 0..<steps {
                guard slot > first, let last = last(before: slot) else { return first }
                slot = max(first, last)
            }
            return slot
        }
    }

    /// Whose clock it goes by; `nil` = that of nobody, or one slot.
    package var zone: ZoneRules? {
        switch self {
        case .once, .every: nil
        case .cron(let cron): cron.zone
        case .calendar(let calendar): calendar.zone
        }
    }

    /// The slot before `slot`, which is one itself; `nil` where the schedule does not say, or has none.
    package func last(before slot: Timestamp) -> Timestamp? {
        switch self {
        case .once: nil
        case .every(let interval): slot - interval
        case .cron(let cron): cron.last(notAfter: slot - .milliseconds(1))
        case .calendar(let calendar): calendar.last(notAfter: slot - .milliseconds(1))
        }
    }

    private static func withinRange(_ slot: Timestamp) -> Timestamp? {
        slot <= .latest ? slot : nil
    }
}

extension Timestamp {
    fileprivate func advanced(by steps: Int64, of interval: Duration) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: millisecondsSinceEpoch + steps * interval.milliseconds)
    }
}
