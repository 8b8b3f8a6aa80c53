// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

let jobChecks = [
    StoreCheck("unlocked jobs come in pages by the bytes of their names") { sut in
        let store = sut.store
        try await sut.door.put(["b", "a.1", "B", "a_1", "a-1"].map { try StoreFixture.job($0) })
        try await sut.door.put(try StoreFixture.job("held") { $0.managerID = StoreFixture.manager(1) })
        #expect(try await store.unlockedJobs(after: nil, limit: 10).map(\.id) == ["B", "a-1", "a.1", "a_1", "b"])
        #expect(try await store.unlockedJobs(after: nil, limit: 2).map(\.id) == ["B", "a-1"])
        #expect(try await store.unlockedJobs(after: "a-1", limit: 2).map(\.id) == ["a.1", "a_1"])
        #expect(try await store.unlockedJobs(after: "a_1", limit: 2).map(\.id) == ["b"])
        #expect(try await store.unlockedJobs(after: "b", limit: 2).isEmpty)
        #expect(try await store.unlockedJobs(after: nil, limit: 0).isEmpty)
        #expect(try await store.unlockedJobs(after: nil, limit: 10).allSatisfy { $0.owned?.managerID == nil })
    },
    StoreCheck("a lock takes what is unlocked, raises the epoch once, and may be repeated") { sut in
        let (store, mine, other) = (sut.store, StoreFixture.manager(1), StoreFixture.manager(2))
        try await sut.door.put(["a", "c", "d"].map { try StoreFixture.job($0) })
        try await sut.door.put(try StoreFixture.job("b") { $0.lockEpoch = 7 })
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
    },
    StoreCheck("of owners that lock the same jobs at once each job has one") { sut in
        let store = sut.store
        let names = try (0..<300).map { try JobName("job-\($0)") }
        try await sut.door.put(names.map { try StoreFixture.job($0.text) })
        let owned = try await withThrowingTaskGroup(of: [OwnedJob].self) { group in
            for number in 1...6 {
                group.addTask { try await store.lock(names, for: StoreFixture.manager(UInt32(number))) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(owned.count == names.count)
        #expect(Set(owned.map(\.job.name)) == Set(names))
        #expect(owned.allSatisfy { $0.lockEpoch == 1 })
        for job in try await store.jobs(named: names).compactMap(\.owned) {
            #expect(owned.contains { $0.job.name == job.job.name && $0.managerID == job.managerID })
        }
    },
    StoreCheck("a job is disabled under its lock epoch only, and once") { sut in
        let (store, mine, name) = (sut.store, StoreFixture.manager(1), try JobName("a"))
        try await sut.door.put(try StoreFixture.job("a") { $0.job.isEnabled = true })
        try await sut.door.put(try StoreFixture.job("b") { $0.job.isEnabled = true })
        let epoch = try #require(try await store.lock([name], for: mine).first).lockEpoch
        #expect(!(try await store.disable(name, lockEpoch: epoch + 1)))
        #expect(!(try await store.disable(JobName("missing"), lockEpoch: epoch)))
        #expect(try await store.jobs(named: [name]).first?.owned?.job.isEnabled == true)
        #expect(try await store.disable(name, lockEpoch: epoch))
        #expect(!(try await store.disable(name, lockEpoch: epoch)))
        let owned = try #require(try await store.jobs(lockedBy: mine).first?.owned)
        #expect(!owned.job.isEnabled && owned.lockEpoch == epoch && owned.edition == 0)
        #expect(try await store.jobs(named: [JobName("b")]).first?.owned?.job.isEnabled == true)
    },
    StoreCheck("a job that is over is removed under its lock epoch only, and where that was asked for once it is done")
    { sut in
        let (store, mine) = (sut.store, StoreFixture.manager(1))
        let names = try ["a", "b", "c", "d", "e", "f"].map { try JobName($0) }
        try await sut.door.put(
            try names.map { name in
                try StoreFixture.job(name.text) {
                    if name.text != "b" { ($0.job.schedule, $0.job.nextRunAt) = (.once, nil) }
                }
            })
        var waiting = try StoreFixture.run(1, "d")
        waiting.isWaiting = true
        var (manual, ended) = (try StoreFixture.run(2, "e", slot: nil, trigger: .manual), try StoreFixture.run(3, "f"))
        manual.status = .running
        ended.status = .failed
        try await sut.door.put([waiting, manual, ended])
        var owned = try await store.lock(names, for: mine).sorted { $0.job.name < $1.job.name }
        #expect(owned.count == names.count)
        owned[2].lockEpoch += 1
        #expect(try await store.remove(owned, onlyIfDone: true) == [names[0], names[5]])
        #expect(try await store.remove(owned, onlyIfDone: true).isEmpty)
        #expect(try await store.remove([owned[1], owned[2], owned[3]], onlyIfDone: false) == [names[1], names[3]])
        #expect(try await store.jobs(lockedBy: mine).map(\.id).sorted() == ["c", "e"])
        #expect(try await store.deletions(of: names).isEmpty)
    },
    StoreCheck("jobs are found by name, whoever holds them") { sut in
        let store = sut.store
        try await sut.door.put(["a", "b", "c"].map { try StoreFixture.job($0) })
        #expect(try await store.lock([JobName("b")], for: StoreFixture.manager(1)).count == 1)
        let found = try await store.jobs(named: [JobName("b"), JobName("a"), JobName("none")])
        #expect(Set(found.map(\.id)) == ["a", "b"])
        #expect(found.first { $0.id == "b" }?.owned?.managerID == StoreFixture.manager(1))
    },
    StoreCheck("empty lists are answered with nothing") { sut in
        let (store, manager) = (sut.store, StoreFixture.manager(1))
        #expect(try await store.lock([], for: manager).isEmpty)
        #expect(try await store.jobs(named: []).isEmpty)
        #expect(try await store.update([]).isEmpty)
        #expect(try await store.runs([]).isEmpty)
        #expect(try await store.activity(of: []).isEmpty)
        #expect(try await store.commit(SlotBatch()) { true } == SlotCommit(advanced: [], runs: []))
        #expect(try await store.unsettledRuns(of: [], after: nil, limit: 5).isEmpty)
        #expect(try await store.dueRuns(notAfter: .latest, after: nil, limit: 5).isEmpty)
        try await store.markPublished([])
    },
]
