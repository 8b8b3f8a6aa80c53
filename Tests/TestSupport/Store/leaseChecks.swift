// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

let leaseChecks = [
    StoreCheck("a lease is made once, renewed, and gone after its release") { sut in
        let (store, manager) = (sut.store, StoreFixture.manager(1))
        #expect(try await store.renew(manager) == false)
        let before = try await store.serverTime()
        try await store.register(manager, hostname: "host")
        try await store.register(manager, hostname: "host")
        #expect(try await store.renew(manager))
        let lease = try await sut.door.lease(manager)
        #expect(lease?.hostname == "host" && lease?.isExpired == false)
        let heartbeat = try #require(lease?.heartbeat)
        #expect(heartbeat >= before)
        #expect(try await store.serverTime() >= heartbeat)
        #expect(try await store.release(manager) == 0)
        #expect(try await store.renew(manager) == false)
        #expect(try await sut.door.lease(manager) == nil)
        #expect(try await store.release(manager) == 0)
    },
    StoreCheck("a release unlocks all jobs of this owner and no other, and they are not taken from a dead owner") {
        sut in
        let (store, mine, other) = (sut.store, StoreFixture.manager(1), StoreFixture.manager(2))
        try await sut.door.put(["a", "b", "c"].map { try StoreFixture.job($0) })
        try await store.register(mine, hostname: "one")
        #expect(try await store.lock([JobName("a"), JobName("b")], for: mine).count == 2)
        #expect(try await store.lock([JobName("c")], for: other).count == 1)
        #expect(try await store.release(mine) == 2)
        let unlocked = try await store.unlockedJobs(after: nil, limit: 10)
        #expect(unlocked.map(\.id) == ["a", "b"])
        #expect(unlocked.allSatisfy { $0.owned?.wasTakenFromDeadOwner == false && $0.owned?.lockEpoch == 1 })
        #expect(try await sut.door.job(kept: JobName("a"))?.managerID == nil)
        #expect(try await store.jobs(lockedBy: other).map(\.id) == ["c"])
    },
]
