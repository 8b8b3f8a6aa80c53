// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

let adminDeletionChecks = [
    AdminStoreCheck("a deleted job is gone and leaves a note; its runs stay") { sut in
        try await sut.put("jobs", StoreFixture.job("a", ["lockEpoch": .int64(4)]))
        try await sut.store.insert(try AdminFixture.manualRun(1, "a"))
        let name = try JobName("a")
        #expect(try await sut.store.delete(try JobName("b"), expected: nil) == .missing)
        #expect(try await sut.store.delete(name, expected: nil) == .deleted)
        #expect(try await sut.store.delete(name, expected: nil) == .missing)
        #expect(try await sut.job("a") == nil)
        #expect(try await sut.document("deletions", .string("a"))?["lockEpoch"] == .int64(4))
        #expect(try await sut.document("deletions", .string("b")) == nil)
        #expect(try await sut.store.run(AdminFixture.runID(1))?.jobName == name)
    },
    AdminStoreCheck("a job that was edited since is not deleted by whoever expects the old one") { sut in
        #expect(try await sut.store.create(try AdminFixture.job("a")))
        let before = try #require(try await sut.job("a"))
        #expect(try await sut.edit(before, ["description"]) { $0.description = "x" })
        #expect(try await sut.store.delete(before.name, expected: before) == .conflict)
        #expect(try await sut.job("a")?.job?.description == "x")
        #expect(try await sut.document("deletions", .string("a")) == nil)
        let after = try #require(try await sut.job("a"))
        #expect(try await sut.store.delete(before.name, expected: after) == .deleted)
    },
    AdminStoreCheck("a job made again starts clean: it has the mark of a new one, and old runs do not count") { sut in
        try await sut.put("jobs", StoreFixture.job("a", ["lockEpoch": .int64(4)]))
        let name = try JobName("a")
        try await sut.put(
            "runs",
            [
                "_id": .objectID(AdminFixture.runID(1).value), "jobName": .string("a"),
                "status": .string("pending"), "trigger": .string("schedule"), "lockEpoch": .int64(4),
                "createdTime": .date(AdminFixture.past), "scheduledTime": .date(AdminFixture.past),
            ])
        try await sut.store.insert(try AdminFixture.manualRun(2, "a", at: AdminFixture.past))
        #expect(try await sut.store.pendingRuns(of: name, limit: 10) == 2)
        #expect(try await sut.store.delete(name, expected: nil) == .deleted)
        let again = try AdminFixture.job("a") { $0.description = "again" }
        #expect(try await sut.store.create(again))
        let record = try #require(try await sut.job("a"))
        #expect(record.job == again && record.edition == 0 && record.lockEpoch == 0)
        guard case .objectID? = try await sut.document("jobs", .string("a"))?["creation"] else {
            Issue.record("the new job has no mark")
            return
        }
        #expect(try await sut.store.pendingRuns(of: name, limit: 10) == 0)
        try await sut.put(
            "runs",
            [
                "_id": .objectID(AdminFixture.runID(4).value), "jobName": .string("a"),
                "status": .string("pending"), "trigger": .string("manual"), "retired": .bool(true),
                "createdTime": .date(AdminFixture.future),
            ])
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
