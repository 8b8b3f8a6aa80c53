// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization
import TestSupport
import Testing

@Suite struct MemoryStoreTests {
    private static let now = Timestamp(millisecondsSinceEpoch: 1_900_000_000_000)

    @Test(arguments: storeChecks) func `keeps the promises of the store`(_ check: StoreCheck) async throws {
        let store = MemoryStore(now: { Self.now })
        try await check.run(StoreUnderTest(store: store, door: store))
    }

    @Test(arguments: steppedStoreChecks) func `each step of a commit keeps its promises`(
        _ check: SteppedStoreCheck
    ) async throws {
        let store = MemoryStore(now: { Self.now })
        try await check.run(SteppedStoreUnderTest(store: store, door: store))
    }

    @Test(arguments: adminStoreChecks) func `keeps the promises of the API's store`(
        _ check: AdminStoreCheck
    ) async throws {
        let store = MemoryAdminStore(now: { Self.now })
        try await check.run(AdminStoreUnderTest(store: store, door: store))
    }

    @Test func `tells each write after it was made`() async throws {
        let changes = Mutex<[MemoryStoreChange]>([])
        let now = Timestamp(millisecondsSinceEpoch: 0)
        let store = MemoryStore(now: { now }, onChange: { change in changes.withLock { $0.append(change) } })
        let name = try JobName("a")
        store.put(Job(name: name, schedule: .once, nextRunAt: now))
        let manager = ManagerID(Identifier(high: 1, low: 1))
        let owned = try await store.lock([name], for: manager)
        #expect(owned.count == 1)
        let run = Run(id: RunID(Identifier(high: 2, low: 1)), jobName: name, createdTime: now, scheduledTime: now)
        _ = try await store.insertOrAdopt([run])
        try await store.withdraw([run])
        #expect(store.snapshot().slotCount(of: name) == 0)
        let kinds = changes.withLock { $0 }.map { change in
            switch change {
            case .job(let job): "job \(job.lockEpoch)"
            case .run: "run"
            case .runRemoved: "removed"
            case .runPruned, .jobRemoved, .deletion, .deletionRemoved: "other"
            case .manager, .managerRemoved: "manager"
            }
        }
        #expect(kinds == ["job 0", "job 1", "run", "removed"])
    }
}
