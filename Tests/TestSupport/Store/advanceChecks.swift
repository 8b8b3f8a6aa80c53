// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

private func prepareJobs(_ sut: StoreUnderTest, _ names: [String]) async throws {
    try await sut.door.put(names.map { try StoreFixture.job($0) })
    #expect(try await sut.store.lock(names.map { try JobName($0) }, for: StoreFixture.manager(1)).count == names.count)
}

/// A job that the first manager has locked once.
private func owned(_ name: String, _ change: (inout KeptJob) -> Void = { _ in }) throws -> KeptJob {
    try StoreFixture.job(name) { kept in
        (kept.managerID, kept.lockEpoch) = (StoreFixture.manager(1), 1)
        change(&kept)
    }
}

let advanceChecks = [
    StoreCheck("a step moves the job only for its owner, epoch, slot, and while enabled") { sut in
        let names = ["good", "owner", "epoch", "slot", "disabled", "last"]
        try await prepareJobs(sut, names)
        try await sut.door.put([
            try owned("disabled") { $0.job.isEnabled = false }, try owned("last") { $0.job.schedule = .once },
        ])
        let steps: [JobAdvance] = [
            try .step("good"), try .step("owner", 2), try .step("epoch", epoch: 0), try .step("slot", from: 1),
            try .step("disabled"), try .step("last", to: nil), try .step("missing"),
        ]
        for _ in 1...2 {
            #expect(Set(try await sut.store.advance(steps).map(\.text)) == ["good", "last"])
        }
        let jobs = try await sut.store.jobs(named: names.map { try JobName($0) })
        for job in jobs {
            let slot = job.owned?.job.nextRunAt
            switch job.id {
            case "good": #expect(slot == StoreFixture.start + .seconds(60))
            case "last": #expect(slot == nil && job.owned != nil)
            default: #expect(slot == StoreFixture.start)
            }
        }
    },
    StoreCheck("the skips of a step are recorded once, counted by reason") { sut in
        try await prepareJobs(sut, ["a"])
        let steps: [JobAdvance] = [
            try .step("a", skips: [.skip(.misfire, 0, count: 3), .skip(.queueFull, 1), .skip(.misfire, 2)])
        ]
        for _ in 1...2 { #expect(try await sut.store.advance(steps).count == 1) }
        let kept = try await sut.door.job(kept: JobName("a"))
        #expect(kept?.skipped == [.misfire: 4, .queueFull: 1])
        #expect(kept?.skips == steps[0].skips)
    },
    StoreCheck("the last hundred rows of skips are kept, all are counted") { sut in
        try await prepareJobs(sut, ["a"])
        for index in 0..<3 {
            let skips = (0..<60).map { SlotSkip.skip(.disabled, Int64(index * 1000 + $0)) }
            let from = Int64(index) * 1000
            #expect(try await sut.store.advance([.step("a", from: from, to: from + 1000, skips: skips)]).count == 1)
        }
        let kept = try await sut.door.job(kept: JobName("a"))
        #expect(kept?.skipped == [.disabled: 180])
        #expect(kept?.skips.count == 100)
        #expect(kept?.skips.last?.firstSlot == StoreFixture.start + .milliseconds(2059))
    },
    StoreCheck("a step that was decided by another edition moves nothing, not even where it leads to the same slot") {
        sut in
        try await prepareJobs(sut, ["a", "b"])
        try await sut.door.put(try owned("a") { $0.edition = 1 })
        #expect(try await sut.store.advance([.step("a"), .step("b")]).map(\.text) == ["b"])
        try await sut.door.put(
            try owned("a") { ($0.edition, $0.job.nextRunAt) = (1, StoreFixture.start + .seconds(60)) })
        #expect(try await sut.store.advance([.step("a")]).isEmpty)
        #expect(try await sut.store.jobs(named: [JobName("a")]).first?.owned != nil)
        #expect(try await sut.store.jobs(named: [JobName("a")]).first?.owned?.edition == 1)
        #expect(try await sut.store.advance([.step("a", from: 60_000, to: 120_000, edition: 1)]).count == 1)
    },
    StoreCheck("a step that ends a job does so only while it has the schedule and the end that were decided") { sut in
        let end = StoreFixture.start + .seconds(30)
        try await prepareJobs(sut, ["a", "b", "c", "d", "e", "f", "g"])
        let daily = Schedule.cron(
            CronSchedule(expression: try CronExpression("0 9 * * *", job: JobName("e")), zone: .utc))
        let monthly = Schedule.calendar(CalendarSchedule(step: CalendarStep(1, .months), zone: .utc))
        let others = Schedule.calendar(CalendarSchedule(step: CalendarStep(2, .months), zone: .utc))
        try await sut.door.put([
            try owned("a") { $0.job.endAt = end }, try owned("b") { $0.job.endAt = end },
            try owned("c") { $0.job.schedule = .once },
            try owned("e") { ($0.job.schedule, $0.job.endAt) = (daily, end) },
            try owned("f") { ($0.job.schedule, $0.job.endAt) = (monthly, end) },
            try owned("g") { ($0.job.schedule, $0.job.endAt) = (monthly, end) },
        ])
        let jobs = try await sut.store.jobs(named: ["a", "b", "c", "e", "f", "g"].map { try JobName($0) })
        let decided = Dictionary(uniqueKeysWithValues: jobs.compactMap(\.job).map { ($0.name.text, $0) })
        try await sut.door.put(try owned("b"))
        try await sut.door.put(try owned("g") { ($0.job.schedule, $0.job.endAt) = (others, end) })
        let steps =
            try ["a", "b", "c", "e", "f", "g"].map { try JobAdvance.step($0, to: nil, endOf: decided[$0]) }
            + [.step("d", to: nil, endOf: decided["c"])]
        #expect(Set(try await sut.store.advance(steps).map(\.text)) == ["a", "c", "e", "f"])
    },
    StoreCheck("what a job's steps on the calendar are counted from outlives its steps, its end and its owner") { sut in
        let names = ["a", "b"]
        try await prepareJobs(sut, names)
        let monthly = Schedule.calendar(CalendarSchedule(step: CalendarStep(1, .months), zone: .utc))
        try await sut.door.put([
            try owned("a") { $0.job.schedule = monthly },
            try owned("b") { ($0.job.schedule, $0.job.endAt) = (monthly, StoreFixture.start) },
        ])
        for _ in 1...2 {
            for step in [
                try JobAdvance.step("a", to: 1_000, anchor: 0), try .step("a", from: 1_000, to: 2_000, anchor: 0),
                try .step(
                    "b", to: nil, anchor: 0,
                    endOf: try owned("b") {
                        ($0.job.schedule, $0.job.endAt) = (monthly, StoreFixture.start)
                    }.job),
            ] { _ = try await sut.store.advance([step]) }
        }
        func found() async throws -> [Job] {
            try await sut.store.jobs(named: names.map { try JobName($0) }).compactMap(\.job)
        }
        #expect(try await found().map(\.nextRunAt) == [StoreFixture.start + .seconds(2), nil])
        #expect(try await found().map(\.anchor) == [StoreFixture.start, StoreFixture.start])
        #expect(try await sut.store.release(StoreFixture.manager(1)) == 2)
        let locked = try await sut.store.lock(names.map { try JobName($0) }, for: StoreFixture.manager(2))
        #expect(locked.map(\.job.anchor) == [StoreFixture.start, StoreFixture.start])
    },
    StoreCheck("a step that accounts for an edit raises the edition and records its skips, once") { sut in
        try await prepareJobs(sut, ["a", "b"])
        try await sut.door.put(
            try owned("b") { ($0.job.isEnabled, $0.job.schedule, $0.job.nextRunAt) = (false, .once, nil) })
        let steps: [JobAdvance] = [
            try .step("a", to: 0, isEdit: true, skips: [.skip(.edited, -60_000, count: 2)]),
            try .step("b", from: nil, to: nil, isEdit: true, skips: [.skip(.disabled, -1)]),
        ]
        for _ in 1...2 { #expect(try await sut.store.advance(steps).count == 2) }
        for step in steps {
            let kept = try await sut.door.job(kept: step.name)
            #expect(kept?.skipped == [step.skips[0].reason: step.skips[0].count])
            #expect(kept?.skips == step.skips)
        }
        let jobs = try await sut.store.jobs(named: [JobName("a"), JobName("b")])
        #expect(jobs.compactMap { $0.owned?.edition } == [1, 1])
    },
    StoreCheck("an owner that lost its lock moves nothing, though its successor does") { sut in
        try await prepareJobs(sut, ["a"])
        #expect(try await sut.store.release(StoreFixture.manager(1)) == 1)
        #expect(try await sut.store.lock([JobName("a")], for: StoreFixture.manager(2)).map(\.lockEpoch) == [2])
        #expect(try await sut.store.advance([.step("a")]).isEmpty)
        #expect(try await sut.store.advance([.step("a", 2, epoch: 2)]).count == 1)
        #expect(try await sut.store.advance([.step("a")]).isEmpty)
    },
    StoreCheck("a job with a cron and no slot is moved to its next one") { sut in
        let daily = Schedule.cron(
            CronSchedule(expression: try CronExpression("0 0 * * *", job: JobName("a")), zone: .utc))
        try await sut.door.put(try owned("a") { ($0.job.schedule, $0.job.nextRunAt) = (daily, nil) })
        for _ in 1...2 { #expect(try await sut.store.advance([.step("a", from: nil, to: 0)]).count == 1) }
        #expect(try await sut.store.jobs(named: [JobName("a")]).first?.job?.nextRunAt == StoreFixture.start)
        // Meanwhile somebody has given it one.
        #expect(try await sut.store.advance([.step("a", from: nil, to: 1_000)]).isEmpty)
    },
]
