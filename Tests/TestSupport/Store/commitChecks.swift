// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

private func made(
    _ names: [String], owner: UInt32 = 1, epoch: Int64 = 1, runs first: UInt32 = 1
) throws -> SlotBatch {
    SlotBatch(
        runs: try names.enumerated().map { try StoreFixture.run(first + UInt32($0), $1, epoch: epoch) },
        steps: try names.map {
            JobAdvance(
                name: try JobName($0), managerID: StoreFixture.manager(owner), lockEpoch: epoch,
                from: StoreFixture.start, to: StoreFixture.start + .seconds(60))
        })
}

private func prepare(_ sut: StoreUnderTest, _ names: [String]) async throws {
    try await sut.door.put(names.map { try StoreFixture.job($0) })
    #expect(try await sut.store.lock(names.map { try JobName($0) }, for: StoreFixture.manager(1)).count == names.count)
}

let commitChecks = [
    StoreCheck("a commit stores the runs and moves the jobs, and one that is repeated changes nothing") { sut in
        try await prepare(sut, ["a", "b"])
        let batch = try made(["a", "b"])
        for _ in 1...2 {
            let commit = try await sut.store.commit(batch) { true }
            #expect(commit == SlotCommit(advanced: Set(batch.steps.map(\.name)), runs: batch.runs))
        }
        let jobs = try await sut.store.jobs(named: batch.steps.map(\.name))
        #expect(jobs.allSatisfy { $0.job?.nextRunAt == StoreFixture.start + .seconds(60) })
    },
    StoreCheck("a commit leaves no run of a job that was lost, and nothing of the others is touched by it") { sut in
        try await prepare(sut, ["lost", "kept"])
        #expect(try await sut.store.release(StoreFixture.manager(1)) == 2)
        #expect(try await sut.store.lock([JobName("lost")], for: StoreFixture.manager(2)).count == 1)
        #expect(try await sut.store.lock([JobName("kept")], for: StoreFixture.manager(1)).map(\.lockEpoch) == [2])
        var batch = try made(["lost"])
        let kept = try made(["kept"], epoch: 2, runs: 2)
        batch.runs += kept.runs
        batch.steps += kept.steps
        let commit = try await sut.store.commit(batch) { true }
        #expect(commit == SlotCommit(advanced: [try JobName("kept")], runs: kept.runs))
        #expect(try await sut.store.runs(batch.runs.map(\.id)) == kept.runs)
    },
    StoreCheck("a commit adopts the run that a slot has, and its job moves") { sut in
        try await prepare(sut, ["a"])
        let begun = try StoreFixture.run(9, "a", epoch: 0)
        try await sut.door.put([begun])
        let commit = try await sut.store.commit(made(["a"])) { true }
        #expect(commit.runs.map(\.id) == [begun.id])
        #expect(commit.runs.map(\.lockEpoch) == [1])
    },
    StoreCheck("a run that was adopted stays although its job was lost meanwhile") { sut in
        try await prepare(sut, ["a"])
        let begun = try StoreFixture.run(9, "a", epoch: 1)
        try await sut.door.put([begun])
        let commit = try await sut.store.commit(made(["a"], owner: 2)) { true }
        #expect(commit == SlotCommit(advanced: [], runs: []))
        #expect(try await sut.store.run(begun.id) == begun)
    },
    StoreCheck("who is no owner any more writes nothing") { sut in
        try await prepare(sut, ["a"])
        let batch = try made(["a"])
        await #expect(throws: StoreError.self) { try await sut.store.commit(batch) { false } }
        #expect(try await sut.store.runs(batch.runs.map(\.id)).isEmpty)
        #expect(try await sut.store.jobs(named: [JobName("a")]).first?.job?.nextRunAt == StoreFixture.start)
    },
    StoreCheck("a run is committed with all its fields, and one that somebody asked for takes nobody's slot") { sut in
        try await prepare(sut, ["a"])
        let asked = try StoreFixture.run(9, "a", trigger: .manual)
        try await sut.door.put([asked])
        var batch = try made(["a"])
        batch.runs[0].payload = .object(["$oid": .string("x"), "a.b": .int(3), "": .array([.double(0.5), .null])])
        batch.runs[0].isWaiting = true
        batch.runs[0].deadline = StoreFixture.start + .seconds(9)
        #expect(try await sut.store.commit(batch) { true }.runs == batch.runs)
        #expect(Set(try await sut.store.runs([asked.id, batch.runs[0].id])) == Set(batch.runs + [asked]))
    },
]
