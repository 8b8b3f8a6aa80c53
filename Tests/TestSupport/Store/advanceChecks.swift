// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization
import Testing

private func step(
    _ name: String, _ manager: UInt32 = 1, epoch: Int64 = 1, from: Int64? = 0, to: Int64? = 60_000,
    edition: Int64? = 0, isEdit: Bool = false, endOf: Job? = nil, skips: [SlotSkip] = []
) throws -> JobAdvance {
    JobAdvance(
        name: try JobName(name), managerID: StoreFixture.manager(manager), lockEpoch: epoch, edition: edition,
        accountsForEdit: isEdit, from: from.map { StoreFixture.start + .milliseconds($0) },
        to: to.map { StoreFixture.start + .milliseconds($0) }, endOf: endOf,
        skips: skips)
}

private func skip(_ reason: SkipReason, _ slot: Int64, count: Int64 = 1) -> SlotSkip {
    let first = StoreFixture.start + .milliseconds(slot)
    return SlotSkip(
        reason: reason, firstSlot: first, lastSlot: first + .seconds(60 * (count - 1)), count: count,
        decidedAt: StoreFixture.start + .seconds(1))
}

private func prepareJobs(_ sut: StoreUnderTest, _ names: [String]) async throws {
    try await sut.put(names.map { StoreFixture.job($0) })
    #expect(try await sut.store.lock(names.map { try JobName($0) }, for: StoreFixture.manager(1)).count == names.count)
}

/// What a job has that the first manager has locked once.
private func owned(_ more: RawDocument) -> RawDocument {
    ["managerId": .objectID(StoreFixture.manager(1).value), "lockEpoch": .int64(1)].merging(more) { $1 }
}

let advanceChecks = [
    StoreCheck("a step moves the job only for its owner, epoch, slot, and while enabled") { sut in
        let names = ["good", "owner", "epoch", "slot", "disabled", "last"]
        try await prepareJobs(sut, names)
        try await sut.put(
            "jobs",
            StoreFixture.job(
                "disabled",
                [
                    "enabled": .bool(false), "managerId": .objectID(StoreFixture.manager(1).value),
                    "lockEpoch": .int64(1),
                ]))
        try await sut.put(
            "jobs",
            StoreFixture.job(
                "last",
                [
                    "interval": .int32(0), "managerId": .objectID(StoreFixture.manager(1).value),
                    "lockEpoch": .int64(1),
                ]))
        let steps = [
            try step("good"), try step("owner", 2), try step("epoch", epoch: 0), try step("slot", from: 1),
            try step("disabled"), try step("last", to: nil), try step("missing"),
        ]
        for _ in 1...2 {
            #expect(Set(try await sut.steps.advance(steps).map(\.text)) == ["good", "last"])
        }
        let jobs = try await sut.store.jobs(named: names.map { try JobName($0) })
        for job in jobs {
            let slot = job.valid?.job.nextRunAt
            switch job.idText {
            case "good": #expect(slot == StoreFixture.start + .seconds(60))
            case "last": #expect(slot == nil && job.valid != nil)
            default: #expect(slot == StoreFixture.start)
            }
        }
        #expect(try await sut.document("jobs", .string("last"))?["nextRunAt"] == nil)
    },
    StoreCheck("the skips of a step are recorded once, counted by reason") { sut in
        try await prepareJobs(sut, ["a"])
        let steps = [try step("a", skips: [skip(.misfire, 0, count: 3), skip(.queueFull, 1), skip(.misfire, 2)])]
        for _ in 1...2 { #expect(try await sut.steps.advance(steps).count == 1) }
        let document = try await sut.document("jobs", .string("a"))
        #expect(document?["skipped"] == .document(["misfire": .int64(4), "queueFull": .int64(1)]))
        guard case .array(let rows) = document?["skips"] else {
            Issue.record("no rows")
            return
        }
        #expect(rows.count == 3)
        #expect(
            rows.first
                == .document([
                    "reason": .string("misfire"), "firstSlot": .date(StoreFixture.start),
                    "lastSlot": .date(StoreFixture.start + .seconds(120)), "count": .int64(3),
                    "decidedAt": .date(StoreFixture.start + .seconds(1)),
                ]))
    },
    StoreCheck("the last hundred rows of skips are kept, all are counted") { sut in
        try await prepareJobs(sut, ["a"])
        for index in 0..<3 {
            let skips = (0..<60).map { skip(.disabled, Int64(index * 1000 + $0)) }
            let from = Int64(index) * 1000
            #expect(try await sut.steps.advance([step("a", from: from, to: from + 1000, skips: skips)]).count == 1)
        }
        let document = try await sut.document("jobs", .string("a"))
        #expect(document?["skipped"] == .document(["disabled": .int64(180)]))
        guard case .array(let rows) = document?["skips"], case .document(let last) = rows.last else {
            Issue.record("no rows")
            return
        }
        #expect(rows.count == 100)
        #expect(last["firstSlot"] == .date(StoreFixture.start + .milliseconds(2059)))
    },
    StoreCheck("a record of skips that is none begins anew, and nobody stays where it is") { sut in
        let broken: [(String, RawDocument)] = [
            ("text", ["skips": .string("x"), "skipped": .int32(5)]), ("good", [:]),
            ("count", ["skipped": .document(["misfire": .string("many")])]), ("other", ["skips": .document([:])]),
        ]
        try await sut.put(broken.map { StoreFixture.job($0.0, $0.1) })
        let names = try broken.map { try JobName($0.0) }
        #expect(try await sut.store.lock(names, for: StoreFixture.manager(1)).count == 4)
        let steps = try names.map { try step($0.text, skips: [skip(.misfire, 0, count: 3)]) }
        #expect(try await sut.steps.advance(steps) == Set(names))
        for name in names {
            let document = try await sut.document("jobs", .string(name.text))
            #expect(document?["skipped"] == .document(["misfire": .int64(3)]), "\(name)")
            guard case .array(let rows) = document?["skips"] else {
                Issue.record("no rows of \(name)")
                continue
            }
            #expect(rows.count == 1, "\(name)")
        }
    },
    StoreCheck("a step that was decided by another edition moves nothing, not even where it leads to the same slot") {
        sut in
        try await prepareJobs(sut, ["a", "b"])
        try await sut.put("jobs", StoreFixture.job("a", owned(["edition": .int64(1)])))
        #expect(try await sut.steps.advance([step("a"), step("b")]).map(\.text) == ["b"])
        try await sut.put(
            "jobs",
            StoreFixture.job("a", owned(["edition": .int64(1), "nextRunAt": .date(StoreFixture.start + .seconds(60))])))
        #expect(try await sut.steps.advance([step("a")]).isEmpty)
        #expect(try await sut.store.jobs(named: [JobName("a")]).first?.valid != nil)
        #expect(try await sut.store.jobs(named: [JobName("a")]).first?.owned?.edition == 1)
        #expect(try await sut.steps.advance([step("a", from: 60_000, to: 120_000, edition: 1)]).count == 1)
    },
    StoreCheck("a step that ends a job does so only while it has the schedule and the end that were decided") { sut in
        let end = StoreFixture.start + .seconds(30)
        try await prepareJobs(sut, ["a", "b", "c", "d", "e"])
        for name in ["a", "b"] { try await sut.put("jobs", StoreFixture.job(name, owned(["endAt": .date(end)]))) }
        try await sut.put("jobs", StoreFixture.job("c", owned(["interval": .int32(0)])))
        try await sut.put(
            "jobs",
            StoreFixture.job("e", owned(["interval": .int32(0), "cron": .string("0 9 * * *"), "endAt": .date(end)])))
        let jobs = try await sut.store.jobs(named: ["a", "b", "c", "e"].map { try JobName($0) })
        let decided = Dictionary(uniqueKeysWithValues: jobs.compactMap(\.job).map { ($0.name.text, $0) })
        try await sut.put("jobs", StoreFixture.job("b", owned([:])))
        let steps =
            try ["a", "b", "c", "e"].map { try step($0, to: nil, endOf: decided[$0]) }
            + [step("d", to: nil, endOf: decided["c"])]
        #expect(Set(try await sut.steps.advance(steps).map(\.text)) == ["a", "c", "e"])
    },
    StoreCheck("a foreign edition is read as none, and keeps nobody from moving the job") { sut in
        try await prepareJobs(sut, ["a"])
        try await sut.put("jobs", StoreFixture.job("a", owned(["edition": .string("second")])))
        #expect(try await sut.store.jobs(named: [JobName("a")]).first?.owned?.edition == .some(nil))
        #expect(try await sut.steps.advance([step("a", edition: nil)]).count == 1)
        #expect(
            try await sut.steps.advance([step("a", from: 60_000, to: 60_000, edition: nil, isEdit: true)]).count == 1)
        #expect(try await sut.store.jobs(named: [JobName("a")]).first?.owned?.edition == 1)
    },
    StoreCheck("a step that accounts for an edit raises the edition and records its skips, once") { sut in
        try await prepareJobs(sut, ["a", "b"])
        try await sut.put(
            "jobs", StoreFixture.job("b", owned(["enabled": .bool(false), "interval": .int32(0), "nextRunAt": .null])))
        let steps = [
            try step("a", to: 0, isEdit: true, skips: [skip(.edited, -60_000, count: 2)]),
            try step("b", from: nil, to: nil, isEdit: true, skips: [skip(.disabled, -1)]),
        ]
        for _ in 1...2 { #expect(try await sut.steps.advance(steps).count == 2) }
        for (name, reason) in [("a", "edited"), ("b", "disabled")] {
            let document = try await sut.document("jobs", .string(name))
            #expect(document?["skipped"] == .document([reason: .int64(reason == "edited" ? 2 : 1)]))
            guard case .array(let rows) = document?["skips"] else {
                Issue.record("no rows")
                return
            }
            #expect(rows.count == 1)
        }
        let jobs = try await sut.store.jobs(named: [JobName("a"), JobName("b")])
        #expect(jobs.compactMap { $0.owned?.edition } == [1, 1])
    },
    StoreCheck("an owner that lost its lock moves nothing, though its successor does") { sut in
        try await prepareJobs(sut, ["a"])
        #expect(try await sut.store.release(StoreFixture.manager(1)) == 1)
        #expect(try await sut.store.lock([JobName("a")], for: StoreFixture.manager(2)).map(\.lockEpoch) == [2])
        #expect(try await sut.steps.advance([step("a")]).isEmpty)
        #expect(try await sut.steps.advance([step("a", 2, epoch: 2)]).count == 1)
        #expect(try await sut.steps.advance([step("a")]).isEmpty)
    },
    StoreCheck("who loses its lease between the steps moves no job") { sut in
        try await prepareJobs(sut, ["a"])
        let asked = Atomic(0)
        let batch = SlotBatch(runs: [try StoreFixture.run(1, "a")], steps: [try step("a")])
        await #expect(throws: StoreError.self) {
            try await sut.steps.commit(batch) { asked.wrappingAdd(1, ordering: .relaxed).oldValue == 0 }
        }
        #expect(try await sut.store.jobs(named: [JobName("a")]).first?.job?.nextRunAt == StoreFixture.start)
        #expect(try await sut.store.begunSlots(from: [JobName("a"): StoreFixture.start]).count == 1)
    },
]
