// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

let adminDeletionChecks = [
    AdminStoreCheck("a deleted job is gone and leaves a note; its runs stay") { sut in
        try await sut.door.put(try StoreFixture.job("a") { $0.lockEpoch = 4 })
        try await sut.store.insert(try AdminFixture.manualRun(1, "a"))
        let name = try JobName("a")
        #expect(try await sut.store.delete(try JobName("b"), expected: nil) == .missing)
        #expect(try await sut.store.delete(name, expected: nil) == .deleted)
        #expect(try await sut.store.delete(name, expected: nil) == .missing)
        #expect(try await sut.store.job("a") == nil)
        #expect(try await sut.door.tombstone(of: name)?.lockEpoch == 4)
        #expect(try await sut.door.tombstone(of: try JobName("b")) == nil)
        #expect(try await sut.store.run(AdminFixture.runID(1))?.jobName == name)
    },
    AdminStoreCheck("a job that was edited since is not deleted by whoever expects the old one") { sut in
        #expect(try await sut.store.create(try AdminFixture.job("a")))
        let before = try #require(try await sut.store.job("a"))
        #expect(try await sut.store.edit(before, ["description"]) { $0.description = "x" })
        #expect(try await sut.store.delete(before.name, expected: before) == .conflict)
        #expect(try await sut.store.job("a")?.job?.description == "x")
        #expect(try await sut.door.tombstone(of: before.name) == nil)
        let after = try #require(try await sut.store.job("a"))
        #expect(try await sut.store.delete(before.name, expected: after) == .deleted)
    },
    AdminStoreCheck("a job made again starts clean: it has the mark of a new one, and old runs do not count") { sut in
        try await sut.door.put(try StoreFixture.job("a") { $0.lockEpoch = 4 })
        let name = try JobName("a")
        try await sut.door.put([
            Run(
                id: AdminFixture.runID(1), jobName: name, createdTime: AdminFixture.past,
                scheduledTime: AdminFixture.past, lockEpoch: 4)
        ])
        try await sut.store.insert(try AdminFixture.manualRun(2, "a", at: AdminFixture.past))
        #expect(try await sut.store.pendingRuns(of: name, limit: 10) == 2)
        #expect(try await sut.store.delete(name, expected: nil) == .deleted)
        let again = try AdminFixture.job("a") { $0.description = "again" }
        #expect(try await sut.store.create(again))
        let record = try #require(try await sut.store.job("a"))
        #expect(record.job == again && record.edition == 0 && record.lockEpoch == 0)
        #expect(try await sut.door.job(kept: name)?.isNew == true)
        #expect(try await sut.store.pendingRuns(of: name, limit: 10) == 0)
        var retired = Run(
            id: AdminFixture.runID(4), jobName: name, createdTime: AdminFixture.future, scheduledTime: nil,
            trigger: .manual)
        retired.isRetired = true
        try await sut.door.put([retired])
        #expect(try await sut.store.pendingRuns(of: name, limit: 10) == 0)
        try await sut.store.insert(try AdminFixture.manualRun(3, "a", at: AdminFixture.future))
        #expect(try await sut.store.pendingRuns(of: name, limit: 10) == 1)
    },
    AdminStoreCheck("an attempt to make a job that is there leaves its runs alone") { sut in
        #expect(try await sut.store.create(try AdminFixture.job("a")))
        try await sut.store.insert(try AdminFixture.manualRun(1, "a"))
        #expect(try await !sut.store.create(try AdminFixture.job("a")))
        #expect(try await sut.store.pendingRuns(of: try JobName("a"), limit: 10) == 1)
    },
]
