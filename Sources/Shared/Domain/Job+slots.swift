// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension Job {
    /// The slot after `slot`, within the job's validity; `nil` when there is none.
    package func slot(after slot: Timestamp) -> Timestamp? {
        valid(schedule.next(after: slot))
    }

    /// The first slot from `slot` on, itself included, within the job's validity; `nil` when there is none.
    package func firstSlot(from slot: Timestamp) -> Timestamp? {
        valid(schedule.first(from: slot, notBefore: startAt ?? slot))
    }

    /// When `slot` is to be fired: up to ``jitter`` later, but before the next slot.
    ///
    /// The same for a slot on every instance and at every call, and spread evenly over slots and jobs.
    package func dueAt(_ slot: Timestamp) -> Timestamp {
        guard jitter > .zero else { return slot }
        var limit = jitter
        if let next = schedule.next(after: slot) { limit = min(limit, next - slot - .milliseconds(1)) }
        let spread = UInt64(max(0, limit.milliseconds)) + 1
        let hash = StableHash(Array(name.text.utf8), Array(String(slot.millisecondsSinceEpoch).utf8))
        return slot + .milliseconds(Int64(hash.value(below: spread)))
    }

    /// The last slot from `first` on that is due at `now`, and how many slots there are up to it; `nil` when `first` is not.
    package func latestDue(from first: Timestamp, at now: Timestamp) -> (slot: Timestamp, count: Int64)? {
        guard dueAt(first) <= now else { return nil }
        let latest = schedule.latest(from: first, notAfter: min(now, endAt ?? now))
        guard latest.slot > first, dueAt(latest.slot) > now else { return latest }
        return schedule.latest(from: first, notAfter: latest.slot - .milliseconds(1))
    }

    private func valid(_ slot: Timestamp?) -> Timestamp? {
        guard let slot, slot <= endAt ?? .latest else { return nil }
        return slot
    }
}
