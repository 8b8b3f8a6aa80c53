// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import Shared
import TestSupport
import Testing

private func lease(_ manager: ManagerID, _ heartbeat: Timestamp?) -> RawDocument {
    var document: RawDocument = ["_id": .objectID(manager.value), "hostname": .string("host")]
    document["heartbeat"] = heartbeat.map { .date($0) }
    return document
}

private func held(_ name: String, by manager: ManagerID, _ more: RawDocument = [:]) -> RawDocument {
    RawDocument.job(name, ["managerId": .objectID(manager.value), "lockEpoch": .int64(4)].merging(more) { $1 })
}

/// Unlocks the jobs of owners that have been silent for a minute.
private func unlockDead(_ store: some SchedulerStore & Housekeeping) async throws -> [String] {
    try await store.unlockJobsOfDeadOwners(silentSince: try await store.serverTime() - .seconds(60))
}

/// Locks and leases as others write them, and what is left of them.
let lockDocumentChecks = [
    DocumentCheck("an owner is silent by the moment that is given, not by when the call arrives") { sut in
        let (store, owner) = (sut.store, StoreFixture.manager(1))
        let heartbeat = try await store.serverTime() - .seconds(20)
        try await sut.put("managers", lease(owner, heartbeat))
        try await sut.put([held("a", by: owner)])
        #expect(try await store.unlockJobsOfDeadOwners(silentSince: heartbeat - .milliseconds(1)) == [])
        try await sut.put("jobs", held("b", by: StoreFixture.manager(2), ["heartbeat": .date(heartbeat)]))
        #expect(try await store.unlockJobsOfDeadOwners(silentSince: heartbeat - .milliseconds(1)) == [])
        #expect(try await store.unlockJobsOfDeadOwners(silentSince: heartbeat).sorted() == ["a", "b"])
    },
    DocumentCheck("an expired lease refuses its owner while it still holds something") { sut in
        let (store, dead) = (sut.store, StoreFixture.manager(1))
        let now = try await store.serverTime()
        try await sut.put("managers", lease(dead, now - .seconds(3600)))
        // The job's own heartbeat keeps this one locked, so the lease is expired but not forgotten.
        try await sut.put([held("a", by: dead, ["heartbeat": .date(now + .seconds(3600))])])
        #expect(try await unlockDead(store) == [])
        #expect(try await store.renew(dead) == false)
        let error = await #expect(throws: StoreError.self) { try await store.register(dead, hostname: "host") }
        #expect(error?.code == .rejected)
        #expect(try await store.renew(dead) == false)
        #expect(try await store.jobs(lockedBy: dead).map(\.id) == ["a"])
    },
    DocumentCheck("a job's own heartbeat keeps it locked without a lease; a lease without a heartbeat does not") {
        sut in
        let (store, gone, foreign) = (sut.store, StoreFixture.manager(1), StoreFixture.manager(2))
        let now = try await store.serverTime()
        try await sut.put("managers", lease(foreign, nil))
        try await sut.put([
            held("fresh", by: gone, ["heartbeat": .date(now + .seconds(30))]),
            held("stale", by: gone, ["heartbeat": .date(now - .seconds(3600))]),
            held("foreign", by: foreign, ["heartbeat": .yearOne]),
            RawDocument.job("zero", ["managerId": .objectID(.zero)]), RawDocument.job("null", ["managerId": .null]),
        ])
        #expect(try await unlockDead(store).sorted() == ["foreign", "stale"])
        #expect(try await store.jobs(lockedBy: gone).map(\.id) == ["fresh"])
        #expect(try await sut.document("managers", .objectID(foreign.value)) != nil)
        #expect(try await sut.document("jobs", .string("stale"))?["heartbeat"] == nil)
    },
    DocumentCheck("malformed jobs of dead owners are unlocked too") { sut in
        let dead = StoreFixture.manager(1)
        try await sut.put([held("a", by: dead, ["interval": .string("soon")])])
        #expect(try await unlockDead(sut.store) == ["a"])
        #expect(try await sut.store.unlockedJobs(after: nil, limit: 1).first?.malformed?.managerID == nil)
    },
    DocumentCheck("unlocked jobs come in pages by the bytes of their names") { sut in
        let store = sut.store
        try await sut.put([
            RawDocument.job("b"), RawDocument.job("a.1", ["managerId": .null]),
            RawDocument.job("B", ["managerId": .objectID(.zero)]), RawDocument.job("a_1"), RawDocument.job("a-1"),
            RawDocument.job("held", ["managerId": .objectID(StoreFixture.manager(1).value)]),
        ])
        #expect(try await store.unlockedJobs(after: nil, limit: 10).map(\.id) == ["B", "a-1", "a.1", "a_1", "b"])
        #expect(try await store.unlockedJobs(after: nil, limit: 2).map(\.id) == ["B", "a-1"])
        #expect(try await store.unlockedJobs(after: "a-1", limit: 2).map(\.id) == ["a.1", "a_1"])
        #expect(try await store.unlockedJobs(after: "a_1", limit: 2).map(\.id) == ["b"])
        #expect(try await store.unlockedJobs(after: "b", limit: 2).isEmpty)
        #expect(try await store.unlockedJobs(after: nil, limit: 0).isEmpty)
        #expect(try await store.unlockedJobs(after: nil, limit: 10).allSatisfy { $0.owned?.managerID == nil })
    },
    DocumentCheck("a lock takes what is unlocked, raises the epoch once, and may be repeated") { sut in
        let (store, mine, other) = (sut.store, StoreFixture.manager(1), StoreFixture.manager(2))
        try await sut.put([
            RawDocument.job("a"), RawDocument.job("b", ["lockEpoch": .int64(7), "managerId": .objectID(.zero)]),
            RawDocument.job("c"), RawDocument.job("d", ["managerId": .null, "heartbeat": .yearOne]),
        ])
        let names = try ["a", "b", "d", "missing"].map { try JobName($0) }
        #expect(try await store.lock([JobName("c")], for: other).count == 1)
        for _ in 1...2 {
            let owned = try await store.lock(names + [JobName("c")], for: mine)
            #expect(
                Dictionary(uniqueKeysWithValues: owned.map { ($0.job.name.text, $0.lockEpoch) }) == [
                    "a": 1, "b": 8, "d": 1,
                ])
            #expect(owned.allSatisfy { $0.managerID == mine && !$0.wasTakenFromDeadOwner })
        }
        #expect(try await store.lock(names, for: other).isEmpty)
        #expect(Set(try await store.jobs(lockedBy: mine).map(\.id)) == ["a", "b", "d"])
        #expect(try await sut.document("jobs", .string("d"))?["heartbeat"] == nil)
    },
    DocumentCheck("what is over is removed from a document, not made null or false") { sut in
        let (store, first, second) = (sut.store, StoreFixture.manager(1), StoreFixture.manager(2))
        let name = try JobName("a")
        let mark = BSONValue.objectID(StoreFixture.runID(99).value)
        try await sut.put("jobs", RawDocument.job("a", ["creation": mark, "interval": .int32(0)]))
        func fields() async throws -> Set<String> {
            try await Set(#require(sut.document("jobs", .string("a"))).keys)
        }
        let plain: Set = ["_id", "enabled", "interval", "nextRunAt", "lockEpoch"]
        #expect(try await store.lock([name], for: first).count == 1)
        #expect(try await fields() == plain.union(["managerId"]))
        #expect(try await unlockDead(store) == ["a"])
        #expect(try await fields() == plain.union(["ownerLostAt"]))
        #expect(try await store.lock([name], for: second).count == 1)
        #expect(try await fields() == plain.union(["managerId", "lockedAfterLoss"]))
        #expect(
            try await store.advance([
                JobAdvance(name: name, managerID: second, lockEpoch: 2, from: StoreFixture.start, to: nil)
            ]) == [name])
        #expect(try await store.release(second) == 1)
        #expect(try await store.lock([name], for: first).count == 1)
        #expect(try await fields() == plain.subtracting(["nextRunAt"]).union(["managerId"]))
        #expect(try await store.release(first) == 1)
        #expect(try await fields() == plain.subtracting(["nextRunAt"]))
    },
    DocumentCheck("a mark of a new job that is none is a fault") { sut in
        let marks = [BSONValue.string("x"), .int32(0), .array([.objectID(StoreFixture.runID(99).value)])]
        for (number, value) in marks.enumerated() {
            try await sut.put("jobs", RawDocument.job("bad-\(number)", ["creation": value]))
        }
        #expect(
            try await sut.store.unlockedJobs(after: nil, limit: 10).compactMap(\.malformed?.id) == [
                "bad-0", "bad-1", "bad-2",
            ])
    },
]
