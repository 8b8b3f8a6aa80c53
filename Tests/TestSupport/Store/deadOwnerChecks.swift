// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

private func lease(_ manager: ManagerID, _ heartbeat: Timestamp?) -> RawDocument {
    var document: RawDocument = ["_id": .objectID(manager.value), "hostname": .string("host")]
    document["heartbeat"] = heartbeat.map { .date($0) }
    return document
}

private func held(_ name: String, by manager: ManagerID, _ more: RawDocument = [:]) -> RawDocument {
    StoreFixture.job(name, ["managerId": .objectID(manager.value), "lockEpoch": .int64(4)].merging(more) { $1 })
}

/// Unlocks the jobs of owners that have been silent for a minute.
private func unlockDead(_ store: some SchedulerStore & Housekeeping) async throws -> [String] {
    try await store.unlockJobsOfDeadOwners(silentSince: try await store.serverTime() - .seconds(60))
}

let deadOwnerChecks = [
    StoreCheck("an owner is silent by the moment that is given, not by when the call arrives") { sut in
        let (store, owner) = (sut.store, StoreFixture.manager(1))
        let heartbeat = try await store.serverTime() - .seconds(20)
        try await sut.put("managers", lease(owner, heartbeat))
        try await sut.put([held("a", by: owner)])
        #expect(try await store.unlockJobsOfDeadOwners(silentSince: heartbeat - .milliseconds(1)) == [])
        try await sut.put("jobs", held("b", by: StoreFixture.manager(2), ["heartbeat": .date(heartbeat)]))
        #expect(try await store.unlockJobsOfDeadOwners(silentSince: heartbeat - .milliseconds(1)) == [])
        #expect(try await store.unlockJobsOfDeadOwners(silentSince: heartbeat).sorted() == ["a", "b"])
    },
    StoreCheck("a silent owner loses its jobs and can never renew or register again") { sut in
        let (store, dead, heir) = (sut.store, StoreFixture.manager(1), StoreFixture.manager(2))
        let old = try await store.serverTime() - .seconds(3600)
        try await sut.put("managers", lease(dead, old))
        try await sut.put([held("a", by: dead), held("b", by: dead), held("kept", by: heir), StoreFixture.job("free")])
        try await store.register(heir, hostname: "heir")
        #expect(try await unlockDead(store).sorted() == ["a", "b"])
        #expect(try await unlockDead(store) == [])
        #expect(try await store.renew(dead) == false)
        #expect(try await store.renew(heir))
        #expect(try await store.jobs(lockedBy: dead).isEmpty)
        #expect(try await store.jobs(lockedBy: heir).map(\.idText) == ["kept"])
        let unlocked = try await store.unlockedJobs(after: nil, limit: 10)
        #expect(unlocked.map(\.idText) == ["a", "b", "free"])
        #expect(unlocked.compactMap(\.valid).map(\.wasTakenFromDeadOwner) == [true, true, false])
    },
    StoreCheck("a lock tells that the job came from a dead owner, again when repeated, and the next lock does not") {
        sut in
        let (store, dead, heir) = (sut.store, StoreFixture.manager(1), StoreFixture.manager(2))
        try await sut.put([held("a", by: dead)])
        #expect(try await unlockDead(store) == ["a"])
        for _ in 1...2 {
            let owned = try await store.lock([JobName("a")], for: heir)
            #expect(owned.map(\.wasTakenFromDeadOwner) == [true])
            #expect(owned.map(\.lockEpoch) == [5])
        }
        #expect(try await store.jobs(lockedBy: heir).compactMap(\.valid).map(\.wasTakenFromDeadOwner) == [false])
        #expect(try await sut.document("jobs", .string("a"))?["ownerLostAt"] == nil)
        #expect(try await store.release(heir) == 1)
        let next = try await store.lock([JobName("a")], for: StoreFixture.manager(3))
        #expect(next.map(\.wasTakenFromDeadOwner) == [false])
        #expect(next.map(\.lockEpoch) == [6])
    },
    StoreCheck("an expired lease refuses its owner while it still holds something") { sut in
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
        #expect(try await store.jobs(lockedBy: dead).map(\.idText) == ["a"])
    },
    StoreCheck("a job's own heartbeat keeps it locked without a lease; a lease without a heartbeat does not") { sut in
        let (store, gone, foreign) = (sut.store, StoreFixture.manager(1), StoreFixture.manager(2))
        let now = try await store.serverTime()
        try await sut.put("managers", lease(foreign, nil))
        try await sut.put([
            held("fresh", by: gone, ["heartbeat": .date(now + .seconds(30))]),
            held("stale", by: gone, ["heartbeat": .date(now - .seconds(3600))]),
            held("foreign", by: foreign, ["heartbeat": .yearOne]),
            StoreFixture.job("zero", ["managerId": .objectID(.zero)]), StoreFixture.job("null", ["managerId": .null]),
        ])
        #expect(try await unlockDead(store).sorted() == ["foreign", "stale"])
        #expect(try await store.jobs(lockedBy: gone).map(\.idText) == ["fresh"])
        #expect(try await sut.document("managers", .objectID(foreign.value)) != nil)
        #expect(try await sut.document("jobs", .string("stale"))?["heartbeat"] == nil)
    },
    StoreCheck("malformed jobs of dead owners are unlocked too") { sut in
        let dead = StoreFixture.manager(1)
        try await sut.put([held("a", by: dead, ["interval": .string("soon")])])
        #expect(try await unlockDead(sut.store) == ["a"])
        #expect(try await sut.store.unlockedJobs(after: nil, limit: 1).first?.malformed?.managerID == nil)
    },
    StoreCheck("two Custodians at once unlock each job, and more than one batch of them") { sut in
        let dead = StoreFixture.manager(1)
        let names = (0..<1200).map { "job-\($0)" }
        for name in names { try await sut.put("jobs", held(name, by: dead)) }
        async let first = unlockDead(sut.store)
        async let second = unlockDead(sut.store)
        #expect(Set(try await first).union(try await second) == Set(names))
        #expect(try await sut.store.jobs(lockedBy: dead).isEmpty)
    },
]
