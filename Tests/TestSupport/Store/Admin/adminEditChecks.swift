// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

let adminEditChecks = [
    AdminStoreCheck("an edit writes and removes what it names, keeps the rest, and counts itself") { sut in
        let job = try AdminFixture.fullJob("a")
        #expect(try await sut.store.create(job))
        let before = try #require(try await sut.job("a"))
        let changed: Set = ["enabled", "description", "labels", "payload", "endAt", "retention"]
        func change(_ job: inout Job) {
            job.isEnabled = true
            job.description = nil
            job.labels = [:]
            job.payload = .object(["$set": .string("$$NOW"), "a.b": .null])
            job.endAt = nil
            job.retention = .zero
        }
        #expect(try await sut.edit(before, changed, change))
        var expected = job
        change(&expected)
        let after = try #require(try await sut.job("a"))
        #expect(after.job == expected)
        #expect(after.edition == 1)
    },
    AdminStoreCheck("edited labels are found as they are now, with dots in their keys, too") { sut in
        let key = "app.kubernetes.io/name"
        let steps: [[String: String]] = [[:], [key: "a", "team": "x"], [key: "b", "v1.2": "y"], ["team": "x"], [:]]
        #expect(try await sut.store.create(try AdminFixture.job("a")))
        for labels in steps {
            let before = try #require(try await sut.job("a"))
            #expect(try await sut.edit(before, ["labels"]) { $0.labels = labels })
            #expect(try await sut.job("a")?.job?.labels == labels)
            for wanted in [[key: "a"], [key: "b"], ["v1.2": "y"], ["team": "x"], [key: "a", "team": "x"]] {
                let isThere = wanted.allSatisfy { labels[$0.key] == $0.value }
                #expect(try await sut.jobPages(labels: wanted, limit: 5).flatMap(\.self) == (isThere ? ["a"] : []))
            }
        }
    },
    AdminStoreCheck("of two edits of one reading, the second changes nothing") { sut in
        #expect(try await sut.store.create(try AdminFixture.job("a")))
        let before = try #require(try await sut.job("a"))
        #expect(try await sut.edit(before, ["description"]) { $0.description = "first" })
        #expect(try await !sut.edit(before, ["maxQueueCount"]) { $0.maxQueueCount = 9 })
        let after = try #require(try await sut.job("a"))
        #expect(after.job?.description == "first" && after.job?.maxQueueCount == 0 && after.edition == 1)
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<12 {
                group.addTask { try await sut.edit(after, ["description"]) { $0.description = "\(number)" } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
        #expect(try await sut.job("a")?.edition == 2)
    },
    AdminStoreCheck("an edit of a job that is gone changes nothing") { sut in
        #expect(try await sut.store.create(try AdminFixture.job("a")))
        let before = try #require(try await sut.job("a"))
        #expect(try await sut.store.delete(before.name, expected: nil) == .deleted)
        #expect(try await !sut.edit(before, ["description"]) { $0.description = "x" })
        #expect(try await sut.job("a") == nil)
    },
    AdminStoreCheck("what the Scheduler writes stays, and stands in the way of an edit of the same field only") { sut in
        try await sut.put("jobs", StoreFixture.job("a"))
        let before = try #require(try await sut.job("a"))
        let later = AdminFixture.start + .seconds(60)
        let owner = StoreFixture.manager(1)
        try await sut.put(
            "jobs",
            StoreFixture.job(
                "a",
                ["nextRunAt": .date(later), "managerId": .objectID(owner.value), "lockEpoch": .int64(3)]))
        #expect(try await !sut.edit(before, ["nextRunAt"]) { $0.nextRunAt = AdminFixture.start + .seconds(7) })
        #expect(try await sut.edit(before, ["description"]) { $0.description = "x" })
        let after = try #require(try await sut.job("a"))
        #expect(after.job?.nextRunAt == later && after.job?.description == "x")
        #expect(after.managerID == owner && after.lockEpoch == 3 && after.edition == 1)
        #expect(try await sut.edit(after, ["nextRunAt"]) { $0.nextRunAt = AdminFixture.start + .seconds(7) })
        #expect(try await sut.job("a")?.job?.nextRunAt == AdminFixture.start + .seconds(7))
    },
    AdminStoreCheck("an edit records the slots that it takes away, and only before the next one is reached") { sut in
        try await sut.put("jobs", StoreFixture.job("a"))
        let before = try #require(try await sut.job("a"))
        var after = try #require(before.job)
        after.nextRunAt = AdminFixture.future
        let skips = [AdminFixture.past, AdminFixture.start].map {
            SlotSkip(reason: .edited, firstSlot: $0, lastSlot: $0, count: 1, decidedAt: AdminFixture.start)
        }
        func edit(until: Timestamp?) -> JobEdit {
            JobEdit(before: before, after: after, changed: ["nextRunAt"], skips: skips, until: until)
        }
        #expect(try await !sut.store.apply(edit(until: AdminFixture.past)))
        #expect(try await sut.document("jobs", .string("a"))?["skips"] == nil)
        #expect(try await sut.store.apply(edit(until: AdminFixture.future)))
        #expect(try await !sut.store.apply(edit(until: AdminFixture.future)))
        guard case .array(let rows) = try await sut.document("jobs", .string("a"))?["skips"] else {
            Issue.record("no rows")
            return
        }
        #expect(rows.count == 2)
        #expect(try await sut.job("a")?.edition == 1)
    },
    AdminStoreCheck("an edit of slots rests on all that says when they are") { sut in
        for (field, value) in [
            ("interval", RawValue.int64(7)), ("endAt", .date(AdminFixture.future)),
            ("nextRunAt", .date(AdminFixture.past)),
        ] {
            try await sut.put("jobs", StoreFixture.job("a"))
            let before = try #require(try await sut.job("a"))
            try await sut.put("jobs", StoreFixture.job("a", [field: value]))
            #expect(try await !sut.edit(before, ["startAt"]) { $0.startAt = AdminFixture.past }, "\(field)")
            #expect(try await sut.edit(before, ["jitter"]) { $0.jitter = .seconds(1) }, "\(field)")
        }
    },
    AdminStoreCheck("what was edited by hand, which counts nothing, is not overwritten unseen") { sut in
        try await sut.put("jobs", StoreFixture.job("a", ["maxQueueCount": .int32(1)]))
        let before = try #require(try await sut.job("a"))
        try await sut.put("jobs", StoreFixture.job("a", ["maxQueueCount": .int32(2), "description": .string("mine")]))
        #expect(try await !sut.edit(before, ["maxQueueCount"]) { $0.maxQueueCount = 3 })
        #expect(try await !sut.edit(before, ["description"]) { $0.description = "yours" })
        #expect(try await sut.edit(before, ["retention"]) { $0.retention = .seconds(5) })
        #expect(try await sut.job("a")?.job?.maxQueueCount == 2)
    },
    AdminStoreCheck("an edition that is none counts as 0, and the next edit or deletion goes through, once") { sut in
        let broken: [RawValue] = [
            .string("3"), .double(1.5), .double(.nan), .int32(-1), .int64(.max), .date(AdminFixture.start),
            .bool(true), .document([:]), .array([.int32(0)]), .null,
        ]
        for (number, edition) in broken.enumerated() {
            try await sut.put("jobs", StoreFixture.job("job\(number)", ["edition": edition]))
            let before = try #require(try await sut.job("job\(number)"))
            #expect(before.job != nil && before.edition == 0, "\(edition)")
            #expect(try await sut.edit(before, ["description"]) { $0.description = "x" }, "\(edition)")
            #expect(try await !sut.edit(before, ["description"]) { $0.description = "y" }, "\(edition)")
            let after = try #require(try await sut.job("job\(number)"))
            #expect(after.edition == 1 && !after.hasBrokenEdition && after.job?.description == "x", "\(edition)")
            #expect(try await sut.store.delete(before.name, expected: before) == .conflict, "\(edition)")
            try await sut.put("jobs", StoreFixture.job("job\(number)", ["edition": edition]))
            #expect(try await sut.store.delete(before.name, expected: before) == .deleted, "\(edition)")
        }
    },
    AdminStoreCheck("what keeps the Scheduler from locking a job is a fault, and any edit repairs it") { sut in
        let broken: [(String, RawValue)] = [
            ("lockEpoch", .string("7")), ("lockEpoch", .double(0.5)), ("lockEpoch", .int32(-1)),
            ("lockEpoch", .int64(.max)),
            ("managerId", .string("me")), ("managerId", .document([:])), ("creation", .bool(true)),
        ]
        for (number, (field, value)) in broken.enumerated() {
            try await sut.put("jobs", StoreFixture.job("job\(number)", [field: value]))
            let before = try #require(try await sut.job("job\(number)"))
            #expect(before.job == nil && before.faults.map(\.field) == [field], "\(field) \(value)")
            #expect(try await sut.edit(before, []) { _ in }, "\(field) \(value)")
            #expect(try await !sut.edit(before, []) { _ in }, "\(field) \(value)")
            let after = try #require(try await sut.job("job\(number)"))
            #expect(after.job != nil && after.faults.isEmpty && after.managerID == nil, "\(field) \(value)")
            #expect(field != "lockEpoch" || after.lockEpoch > 1_000_000_000_000, "later than any count of locks")
        }
    },
    AdminStoreCheck("a job that makes no sense is read with its faults, and an edit repairs it") { sut in
        try await sut.put(
            "jobs",
            StoreFixture.job(
                "a",
                ["interval": .string("soon"), "payload": .objectID(Identifier(high: 1, low: 2)), "jitter": .bool(true)])
        )
        let before = try #require(try await sut.job("a"))
        #expect(before.job == nil)
        #expect(Set(before.faults.map(\.field)) == ["interval", "jitter"])
        #expect(try await sut.edit(before, ["interval", "jitter", "payload"]) { _ in })
        let after = try #require(try await sut.job("a"))
        let repaired = try AdminFixture.job("a")
        #expect(after.job == repaired)
        #expect(after.faults.isEmpty && after.edition == 1)
    },
]
