// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@testable import Core

@Suite struct SlotDecisionTests {
    private let start = Sample.start

    private func decide(
        _ job: Job, after late: Duration, missedBefore: Timestamp? = nil, disabledUntil: Timestamp? = nil,
        activity: JobActivity = JobActivity(), limit: Int = 100
    ) -> SlotDecision {
        SlotDecision(
            job: job, now: start + late, missedBefore: missedBefore ?? .earliest, disabledUntil: disabledUntil,
            activity: activity, limit: limit)
    }

    private func slots(_ decision: SlotDecision) -> [Duration] { decision.firings.map { $0.slot - start } }

    @Test func `the slot that is due is fired and the next is one interval after it, not after now`() {
        let decision = decide(Sample.job(), after: .milliseconds(7))
        #expect(slots(decision) == [.zero])
        #expect(decision.next == start + .seconds(1))
        #expect(decision.skips.isEmpty)
    }

    @Test func `late slots are all fired in order`() {
        let decision = decide(Sample.job(), after: .milliseconds(3_100))
        #expect(slots(decision) == [.zero, .seconds(1), .seconds(2), .seconds(3)])
        #expect(decision.next == start + .seconds(4))
    }

    @Test func `of missed slots only the latest is fired and the others are one row of misfires`() {
        let decision = decide(Sample.job(), after: .seconds(3_600), missedBefore: start + .seconds(3_500))
        #expect(slots(decision) == [.seconds(3_600)])
        #expect(decision.skips.map(\.reason) == [.misfire])
        #expect(decision.skips.first?.firstSlot == start)
        #expect(decision.skips.first?.lastSlot == start + .seconds(3_599))
        #expect(decision.skips.first?.count == 3_600)
        #expect(decision.next == start + .seconds(3_601))
    }

    @Test func `a single missed slot is fired, for it is the latest`() {
        let decision = decide(Sample.job(every: .seconds(60)), after: .seconds(59), missedBefore: start + .seconds(57))
        #expect(slots(decision) == [.zero])
        #expect(decision.skips.isEmpty)
    }

    @Test func `a one-shot is fired however late, and is done`() {
        let decision = decide(Sample.job(every: nil), after: .seconds(86_400), missedBefore: start + .seconds(86_000))
        #expect(slots(decision) == [.zero])
        #expect(decision.next == nil)
    }

    @Test func `with the policy skip no missed slot is fired, and what is only late is`() {
        let job = Sample.job { $0.misfirePolicy = .skip }
        let decision = decide(job, after: .milliseconds(5_200), missedBefore: start + .milliseconds(3_500))
        #expect(decision.skips.map(\.count) == [4])
        #expect(decision.skips.first?.lastSlot == start + .seconds(3))
        #expect(slots(decision) == [.seconds(4), .seconds(5)])
        let once = Sample.job(every: nil) { $0.misfirePolicy = .skip }
        let missed = decide(once, after: .seconds(60), missedBefore: start + .seconds(58))
        #expect(missed.firings.isEmpty)
        #expect(missed.skips.map(\.reason) == [.misfire])
        #expect(missed.next == nil)
    }

    @Test func `with the policy all the latest missed slots are fired in order, at most maxCatchUp`() {
        let job = Sample.job {
            $0.misfirePolicy = .all
            $0.maxCatchUp = 3
        }
        let decision = decide(job, after: .milliseconds(9_500), missedBefore: start + .milliseconds(7_500))
        #expect(decision.skips.map(\.count) == [5])
        #expect(decision.skips.first?.firstSlot == start)
        #expect(slots(decision) == [5, 6, 7, 8, 9].map { Duration.seconds($0) })
        let few = decide(job, after: .milliseconds(2_500), missedBefore: start + .milliseconds(2_100))
        #expect(few.skips.isEmpty)
        #expect(slots(few) == [.zero, .seconds(1), .seconds(2)])
    }

    @Test func `catching up goes on where the batch ended, without skipping more`() {
        var job = Sample.job {
            $0.misfirePolicy = .all
            $0.maxCatchUp = 50
        }
        var fired: [Duration] = []
        while let slot = job.nextRunAt, slot <= start + .seconds(1_000) {
            let decision = decide(job, after: .seconds(1_000), missedBefore: start + .seconds(998), limit: 7)
            fired += slots(decision)
            job.nextRunAt = decision.next
        }
        #expect(fired == (948...1_000).map { Duration.seconds($0) })
    }

    @Test func `slots before startAt and after endAt are none`() {
        let job = Sample.job {
            $0.startAt = start + .milliseconds(1_500)
            $0.endAt = start + .milliseconds(3_500)
        }
        let early = decide(job, after: .zero)
        #expect(early.firings.isEmpty && early.skips.isEmpty)
        #expect(early.next == start + .seconds(2))
        let late = decide(job, after: .seconds(9))
        #expect(slots(late) == [.seconds(2), .seconds(3)])
        #expect(late.next == nil)
        let missed = decide(job, after: .seconds(9), missedBefore: start + .seconds(7))
        #expect(slots(missed) == [.seconds(3)])
        #expect(missed.skips.map(\.count) == [1])
    }

    @Test func `jitter moves the firing and not the slot`() {
        var random = SplitMix(seed: 11)
        for _ in 0..<500 {
            let interval = Duration.milliseconds(Int64.random(in: 1...3_000, using: &random))
            let job = Sample.job(every: interval) { $0.jitter = .milliseconds(1_000) }
            let dueAt = job.dueAt(start)
            #expect(dueAt >= start && dueAt <= start + .seconds(1) && dueAt < start + interval)
            #expect(decide(job, after: dueAt - start - .milliseconds(1)).firings.isEmpty)
            #expect(slots(decide(job, after: dueAt - start)) == [.zero])
        }
        let offsets = (0..<1_000).map { step in
            let job = Sample.job(every: .seconds(10)) { $0.jitter = .milliseconds(999) }
            let slot = start + .seconds(10 * step)
            return (job.dueAt(slot) - slot).milliseconds
        }
        #expect((400...600).contains(offsets.reduce(0, +) / 1_000))
        #expect(Set(offsets).count > 500)
    }

    @Test func `slots that fell due while the job was disabled are skipped as such`() {
        let decision = decide(Sample.job(), after: .milliseconds(3_500), disabledUntil: start + .milliseconds(2_500))
        #expect(decision.skips.map(\.reason) == [.disabled])
        #expect(decision.skips.first?.count == 3)
        #expect(slots(decision) == [.seconds(3)])
    }

    @Test func `a one-shot that was disabled at its time is fired once it is enabled`() {
        let decision = decide(Sample.job(every: nil), after: .seconds(60), disabledUntil: start + .seconds(60))
        #expect(slots(decision) == [.zero])
        #expect(decision.skips.isEmpty)
    }

    @Test func `a batch takes at most its limit and goes on where it stopped`() {
        let decision = decide(Sample.job(every: .milliseconds(1)), after: .seconds(10), limit: 100)
        #expect(decision.firings.count == 100)
        #expect(decision.next == start + .milliseconds(100))
    }

    @Test func `a slot beyond maxQueueCount is skipped and the slots go on`() {
        let job = Sample.job { $0.maxQueueCount = 2 }
        let decision = decide(job, after: .milliseconds(2_100), activity: JobActivity(active: 1, pending: 1))
        #expect(slots(decision) == [.zero])
        #expect(decision.skips.map(\.reason) == [.queueFull, .queueFull])
        #expect(decision.next == start + .seconds(3))
    }

    @Test func `runs of a serial job wait behind one another`() {
        let job = Sample.job { $0.allowsConcurrentRuns = false }
        #expect(decide(job, after: .milliseconds(1_100)).firings.map(\.isWaiting) == [false, true])
        let busy = decide(job, after: .zero, activity: JobActivity(active: 1, pending: 0))
        #expect(busy.firings.map(\.isWaiting) == [true])
        let queued = decide(job, after: .zero, activity: JobActivity(active: 0, pending: 1, waiting: 1))
        #expect(queued.firings.map(\.isWaiting) == [true])
    }

    @Test func `nothing is ever fired early, whatever the interval and the lateness`() {
        var random = SplitMix(seed: 7)
        for _ in 0..<2_000 {
            let interval = Duration.milliseconds(Int64.random(in: 1...5_000, using: &random))
            let late = Duration.milliseconds(Int64.random(in: 0...20_000, using: &random))
            let tolerance = Duration.milliseconds(Int64.random(in: 0...20_000, using: &random))
            let decision = decide(
                Sample.job(every: interval), after: late, missedBefore: start + late - tolerance, limit: 50)
            var decided = decision.skips.flatMap { row in
                stride(
                    from: row.firstSlot.millisecondsSinceEpoch, through: row.lastSlot.millisecondsSinceEpoch,
                    by: Int(interval.milliseconds)
                ).map(Timestamp.init)
            }
            #expect(decided.count == decision.skips.reduce(0) { $0 + Int($1.count) })
            decided += decision.firings.map(\.slot)
            #expect(decided.allSatisfy { $0 <= start + late })
            // Every slot up to the next one has exactly one outcome.
            let next = decision.next ?? .latest
            let all = stride(
                from: start.millisecondsSinceEpoch, to: next.millisecondsSinceEpoch, by: Int(interval.milliseconds)
            ).map(Timestamp.init)
            #expect(decided == all)
            #expect(next > start + late || decision.firings.count == 50)
        }
    }

    @Test func `a decision keeps what it was made from, not what it made of it`() {
        let job = Sample.job {
            $0.misfirePolicy = .all
            $0.maxCatchUp = 7
            $0.maxQueueCount = 3
            $0.allowsConcurrentRuns = false
        }
        let found = JobActivity(active: 1, pending: 2, waiting: 1)
        let decision = decide(
            job, after: .milliseconds(2_500), missedBefore: start - .seconds(1), disabledUntil: start, activity: found)
        #expect(decision.skips.map(\.reason) == [.disabled, .queueFull])
        #expect(decision.firings.map(\.isWaiting) == [true])
        let evidence = decision.evidence
        #expect(evidence.now == start + .milliseconds(2_500))
        #expect(evidence.missedBefore == start - .seconds(1))
        #expect(evidence.disabledUntil == start)
        #expect(evidence.activity == found)
        #expect(evidence.misfirePolicy == .all && evidence.maxCatchUp == 7)
        #expect(evidence.maxQueueCount == 3 && !evidence.allowsConcurrentRuns)
    }
}
