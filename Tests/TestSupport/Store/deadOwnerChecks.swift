// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

private func held(_ name: String, by manager: ManagerID) throws -> KeptJob {
    try StoreFixture.job(name) { ($0.managerID, $0.lockEpoch) = (manager, 4) }
}

/// Unlocks the jobs of owners that have been silent for a minute.
private func unlockDead(_ store: some SchedulerStore & Housekeeping) async throws -> [String] {
    try await store.unlockJobsOfDeadOwners(silentSince: try await store.serverTime() - .seconds(60))
}

let deadOwnerChecks = [
    StoreCheck("an owner is silent by the moment that is given, not by when the call arrives") { sut in
        let (store, owner) = (sut.store, StoreFixture.manager(1))
        let heartbeat = try await store.serverTime() - .seconds(20)
        try await sut.door.put(KeptLease(id: owner, heartbeat: heartbeat))
        try await sut.door.put(held("a", by: owner))
        #expect(try await store.unlockJobsOfDeadOwners(silentSince: heartbeat - .milliseconds(1)) == [])
        #expect(try await store.jobs(lockedBy: owner).map(\.id) == ["a"])
        #expect(try await store.unlockJobsOfDeadOwners(silentSince: heartbeat) == ["a"])
    },
    StoreCheck("a silent owner loses its jobs and can never renew or register again") { sut in
        let (store, dead, heir) = (sut.store, StoreFixture.manager(1), StoreFixture.manager(2))
        let old = try await store.serverTime() - .seconds(3600)
        try await sut.door.put(KeptLease(id: dead, heartbeat: old))
        try await sut.door.put([
            held("a", by: dead), held("b", by: dead), held("kept", by: heir), StoreFixture.job("free"),
        ])
        try await store.register(heir, hostname: "heir")
        #expect(try await unlockDead(store).sorted() == ["a", "b"])
        #expect(try await unlockDead(store) == [])
        #expect(try await store.renew(dead) == false)
        #expect(try await store.renew(heir))
        #expect(try await store.jobs(lockedBy: dead).isEmpty)
        #expect(try await store.jobs(lockedBy: heir).map(\.id) == ["kept"])
        let unlocked = try await store.unlockedJobs(after: nil, limit: 10)
        #expect(unlocked.map(\.id) == ["a", "b", "free"])
        #expect(unlocked.compactMap(\.owned).map(\.wasTakenFromDeadOwner) == [true, true, false])
    },
    StoreCheck("a lock tells that the job came from a dead owner, again when repeated, and the next lock does not") {
        sut in
        let (store, dead, heir) = (sut.store, StoreFixture.manager(1), StoreFixture.manager(2))
        try await sut.door.put(held("a", by: dead))
        #expect(try await unlockDead(store) == ["a"])
        for _ in 1...2 {
            let owned = try await store.lock([JobName("a")], for: heir)
            #expect(owned.map(\.wasTakenFromDeadOwner) == [true])
            #expect(owned.map(\.lockEpoch) == [5])
        }
        #expect(try await store.jobs(lockedBy: heir).compactMap(\.owned).map(\.wasTakenFromDeadOwner) == [false])
        #expect(try await sut.door.job(kept: JobName("a"))?.ownerLostAt == nil)
        #expect(try await store.release(heir) == 1)
        let next = try await store.lock([JobName("a")], for: StoreFixture.manager(3))
        #expect(next.map(\.wasTakenFromDeadOwner) == [false])
        #expect(next.map(\.lockEpoch) == [6])
    },
    StoreCheck("an expired lease refuses its owner while it still holds something") { sut in
        let (store, dead) = (sut.store, StoreFixture.manager(1))
        try await sut.door.put(KeptLease(id: dead, heartbeat: store.serverTime(), isExpired: true))
        try await sut.door.put(held("a", by: dead))
        #expect(try await store.renew(dead) == false)
        let error = await #expect(throws: StoreError.self) { try await store.register(dead, hostname: "host") }
        #expect(error?.code == .rejected)
        #expect(try await store.renew(dead) == false)
        #expect(try await store.jobs(lockedBy: dead).map(\.id) == ["a"])
        // As soon as it holds nothing any more, it is forgotten.
        #expect(try await unlockDead(store) == ["a"])
        #expect(try await sut.door.lease(dead) == nil)
    },
    StoreCheck("a job whose owner has no lease is unlocked") { sut in
        try await sut.door.put(held("a", by: StoreFixture.manager(1)))
        #expect(try await unlockDead(sut.store) == ["a"])
        #expect(try await sut.door.job(kept: JobName("a"))?.managerID == nil)
    },
    StoreCheck("two Custodians at once unlock each job, and more than one batch of them") { sut in
        let dead = StoreFixture.manager(1)
        let names = (0..<1200).map { "job-\($0)" }
        try await sut.door.put(names.map { try held($0, by: dead) })
        async let first = unlockDead(sut.store)
        async let second = unlockDead(sut.store)
        #expect(Set(try await first).union(try await second) == Set(names))
        #expect(try await sut.store.jobs(lockedBy: dead).isEmpty)
    },
]
