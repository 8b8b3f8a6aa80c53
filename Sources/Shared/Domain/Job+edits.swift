// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What an edit does to the slots of a job, whoever makes it.
extension Job {
    /// Whether the slots follow from `nextRunAt` by the same rule.
    package func hasRule(of other: Job) -> Bool {
        schedule == other.schedule && startAt == other.startAt && endAt == other.endAt
    }

    /// Counts its slots from where those of the job before were counted from, if that was on the calendar too.
    package mutating func keepAnchor(of before: Job) {
        if let anchor = before.anchor { self.anchor = anchor }
    }

    /// This job, which was put together from `before`, as it is to be stored, and the slots that nobody will fire any more.
    ///
    /// Nobody but an owner's step may pass a slot that was reached. So those of `before` that were reached up to `limit` and
    /// that this job does not have become rows of skips, with the reason `edited`, or `disabled` where `before` was. Slots in
    /// `begun` have a run: they are none of them.
    package func replacing(
        _ before: Job, now: Timestamp, upTo limit: Timestamp, begun: Set<Timestamp> = []
    ) -> (job: Job, skips: [SlotSkip]) {
        guard !hasRule(of: before) || nextRunAt != before.nextRunAt else { return (self, []) }
        let skips = skips(replacing: before, now: now, upTo: limit, begun: begun)
        var job = self
        // What lies outside of the window, and was recorded, must not come back with the next edit.
        if !skips.isEmpty, nextRunAt == before.nextRunAt { job.nextRunAt = nextRunAt.flatMap { firstSlot(from: $0) } }
        return (job, skips)
    }

    /// The first slot after `moment` that is still to be decided; `nil` when there is none.
    package func firstOpenSlot(after moment: Timestamp) -> Timestamp? {
        guard let first = nextRunAt.flatMap({ firstSlot(from: $0) }) else { return nil }
        let slot = schedule.first(from: first, notBefore: max(first, moment + .milliseconds(1)))
        return slot.flatMap { $0 <= endAt ?? .latest ? $0 : nil }
    }

    /// How many steps two schedules are compared in before what is left becomes one row: years of downtime cost no more.
    private static let longestComparison = 1_000

    private func skips(
        replacing before: Job, now: Timestamp, upTo limit: Timestamp, begun: Set<Timestamp>
    ) -> [SlotSkip] {
        let end = min(limit, before.endAt ?? limit)
        var rows: [SlotSkip] = []
        var mayExtend = false
        var next = before.nextRunAt.flatMap { before.firstSlot(from: $0) }
        for step in 0... {
            guard let first = next, first <= end else { break }
            let justBefore = first - .milliseconds(1)
            let isOpen = firstOpenSlot(after: justBefore) == first
            if isOpen, hasRule(of: before) { break }
            let isCompared = step < Self.longestComparison
            if isCompared, isOpen || begun.contains(first) {
                next = before.slot(after: first)
                mayExtend = false
                continue
            }
            var last = end
            if isCompared {
                let kept = [firstOpenSlot(after: first), begun.filter { $0 > first }.min()].compactMap(\.self).min()
                if let kept { last = min(last, kept - .milliseconds(1)) }
            }
            let row = before.schedule.latest(from: first, notAfter: last)
            let former = mayExtend ? rows.popLast() : nil
            rows.append(
                SlotSkip(
                    reason: before.isEnabled ? .edited : .disabled, firstSlot: former?.firstSlot ?? first,
                    lastSlot: row.slot, count: (former?.count ?? 0) + row.count, decidedAt: now))
            mayExtend = true
            next = before.slot(after: row.slot)
        }
        return rows
    }
}
