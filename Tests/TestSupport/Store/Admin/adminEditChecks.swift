// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

let adminEditChecks = [
    AdminStoreCheck("an edit writes and removes what it names, keeps the rest, and counts itself") { sut in
        let job = try AdminFixture.fullJob("a")
        #expect(try await sut.store.create(job))
        let before = try #require(try await sut.store.job("a"))
        let changed: Set = ["enabled", "description", "labels", "payload", "endAt", "retention"]
        func change(_ job: inout Job) {
            job.isEnabled = true
            job.description = nil
            job.labels = [:]
            job.payload = .object(["$set": .string("$$NOW"), "a.b": .null])
            job.endAt = nil
            job.retention = .zero
        }
        #expect(try await sut.store.edit(before, changed, change))
        var expected = job
        change(&expected)
        let after = try #require(try await sut.store.job("a"))
        #expect(after.job == expected)
        #expect(after.edition == 1)
    },
    AdminStoreCheck("an edit keeps and replaces the secrets of a delivery as they are") { sut in
        let job = try AdminFixture.fullJob("a")
        #expect(try await sut.store.create(job))
        var before = try #require(try await sut.store.job("a"))
        #expect(try await sut.store.edit(before, ["description"]) { $0.description = "x" })
        before = try #require(try await sut.store.job("a"))
        #expect(before.job?.delivery == job.delivery)
        var http = try #require(job.delivery.http)
        http.signingSecrets = [try SigningSecret("\u{1F511} another secret of ours")]
        http.secretHeaders = ["X-Key": Secret("\u{E9} e\u{301}")]
        #expect(try await sut.store.edit(before, ["delivery"]) { $0.delivery = .http(http) })
        before = try #require(try await sut.store.job("a"))
        #expect(before.job?.delivery == .http(http))
        #expect(JobReader.secrets(stored: before.fields["delivery"])?.secretHeaders == http.secretHeaders)
    },
    AdminStoreCheck("an edit keeps and replaces what a dialect has stored") { sut in
        #expect(try await sut.store.create(try AdminFixture.fullJob("a")))
        let terms = ServiceJobTerms(name: "\u{E9}, $set", createdAt: StoreFixture.start)
        for dialect: JobDialect? in [.jobs(terms), nil] {
            var before = try #require(try await sut.store.job("a"))
            let kept = before.job?.dialect
            #expect(try await sut.store.edit(before, ["description"]) { $0.description = "x\(dialect == nil)" })
            before = try #require(try await sut.store.job("a"))
            #expect(before.job?.dialect == kept && kept != nil)
            #expect(try await sut.store.edit(before, [JobDialect.field]) { $0.dialect = dialect })
            #expect(try await sut.store.job("a")?.job?.dialect == dialect)
        }
    },
    AdminStoreCheck("edited labels are found as they are now, with dots in their keys, too") { sut in
        let key = "app.kubernetes.io/name"
        let steps: [[String: String]] = [[:], [key: "a", "team": "x"], [key: "b", "v1.2": "y"], ["team": "x"], [:]]
        #expect(try await sut.store.create(try AdminFixture.job("a")))
        for labels in steps {
            let before = try #require(try await sut.store.job("a"))
            #expect(try await sut.store.edit(before, ["labels"]) { $0.labels = labels })
            #expect(try await sut.store.job("a")?.job?.labels == labels)
            for wanted in [[key: "a"], [key: "b"], ["v1.2": "y"], ["team": "x"], [key: "a", "team": "x"]] {
                let isThere = wanted.allSatisfy { labels[$0.key] == $0.value }
                #expect(
                    try await sut.store.jobPages(labels: wanted, limit: 5).flatMap(\.self) == (isThere ? ["a"] : []))
            }
        }
    },
    AdminStoreCheck("of two edits of one reading, the second changes nothing") { sut in
        #expect(try await sut.store.create(try AdminFixture.job("a")))
        let before = try #require(try await sut.store.job("a"))
        #expect(try await sut.store.edit(before, ["description"]) { $0.description = "first" })
        #expect(try await !sut.store.edit(before, ["maxQueueCount"]) { $0.maxQueueCount = 9 })
        let after = try #require(try await sut.store.job("a"))
        #expect(after.job?.description == "first" && after.job?.maxQueueCount == 0 && after.edition == 1)
        let outcomes = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<12 {
                group.addTask { try await sut.store.edit(after, ["description"]) { $0.description = "\(number)" } }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 } == 1)
        #expect(try await sut.store.job("a")?.edition == 2)
    },
    AdminStoreCheck("an edit of a job that is gone changes nothing") { sut in
        #expect(try await sut.store.create(try AdminFixture.job("a")))
        let before = try #require(try await sut.store.job("a"))
        #expect(try await sut.store.delete(before.name, expected: nil) == .deleted)
        #expect(try await !sut.store.edit(before, ["description"]) { $0.description = "x" })
        #expect(try await sut.store.job("a") == nil)
    },
    AdminStoreCheck("what the Scheduler writes stays, and stands in the way of an edit of the same field only") { sut in
        try await sut.door.put(try StoreFixture.job("a"))
        let before = try #require(try await sut.store.job("a"))
        let later = AdminFixture.start + .seconds(60)
        let owner = StoreFixture.manager(1)
        try await sut.door.put(
            try StoreFixture.job("a") { ($0.job.nextRunAt, $0.managerID, $0.lockEpoch) = (later, owner, 3) })
        #expect(try await !sut.store.edit(before, ["nextRunAt"]) { $0.nextRunAt = AdminFixture.start + .seconds(7) })
        #expect(try await sut.store.edit(before, ["description"]) { $0.description = "x" })
        let after = try #require(try await sut.store.job("a"))
        #expect(after.job?.nextRunAt == later && after.job?.description == "x")
        #expect(after.managerID == owner && after.lockEpoch == 3 && after.edition == 1)
        #expect(try await sut.store.edit(after, ["nextRunAt"]) { $0.nextRunAt = AdminFixture.start + .seconds(7) })
        #expect(try await sut.store.job("a")?.job?.nextRunAt == AdminFixture.start + .seconds(7))
    },
    AdminStoreCheck("an edit records the slots that it takes away, and only before the next one is reached") { sut in
        try await sut.door.put(try StoreFixture.job("a"))
        let before = try #require(try await sut.store.job("a"))
        var after = try #require(before.job)
        after.nextRunAt = AdminFixture.future
        let skips = [AdminFixture.past, AdminFixture.start].map {
            SlotSkip(reason: .edited, firstSlot: $0, lastSlot: $0, count: 1, decidedAt: AdminFixture.start)
        }
        func edit(until: Timestamp?) -> JobEdit {
            JobEdit(before: before, after: after, changed: ["nextRunAt"], skips: skips, until: until)
        }
        #expect(try await !sut.store.apply(edit(until: AdminFixture.past)))
        #expect(try await sut.door.job(kept: before.name)?.skips == [])
        #expect(try await sut.store.apply(edit(until: AdminFixture.future)))
        #expect(try await !sut.store.apply(edit(until: AdminFixture.future)))
        #expect(try await sut.door.job(kept: before.name)?.skips == skips)
        #expect(try await sut.store.job("a")?.edition == 1)
    },
    AdminStoreCheck("an edit of slots rests on all that says when they are") { sut in
        let changes: [@Sendable (inout KeptJob) -> Void] = [
            { $0.job.schedule = .every(.milliseconds(7)) }, { $0.job.endAt = AdminFixture.future },
            { $0.job.nextRunAt = AdminFixture.past },
        ]
        for (number, change) in changes.enumerated() {
            try await sut.door.put(try StoreFixture.job("a"))
            let before = try #require(try await sut.store.job("a"))
            try await sut.door.put(try StoreFixture.job("a", change))
            #expect(try await !sut.store.edit(before, ["startAt"]) { $0.startAt = AdminFixture.past }, "\(number)")
            #expect(try await sut.store.edit(before, ["jitter"]) { $0.jitter = .seconds(1) }, "\(number)")
        }
    },
    AdminStoreCheck("what steps on the calendar are counted from is made, edited and removed with the slot") { sut in
        let monthly = Schedule.calendar(CalendarSchedule(step: CalendarStep(1, .months), zone: .utc))
        #expect(try await sut.store.create(try AdminFixture.job("a") { $0.schedule = monthly }))
        let before = try #require(try await sut.store.job("a"))
        #expect(before.job?.anchor == AdminFixture.start)
        let later = AdminFixture.start + .seconds(7)
        #expect(
            try await sut.store.edit(before, ["nextRunAt", "anchor"]) { ($0.nextRunAt, $0.schedule) = (later, monthly) }
        )
        let edited = try #require(try await sut.store.job("a"))
        #expect(edited.job?.nextRunAt == later && edited.job?.anchor == later)
        #expect(try await !sut.store.edit(before, ["startAt"]) { $0.startAt = AdminFixture.past })
        #expect(try await sut.store.edit(edited, ["every", "anchor"]) { $0.schedule = .once })
        let once = try #require(try await sut.store.job("a"))
        #expect(once.job?.schedule == .once && once.job?.nextRunAt == later)
        #expect(once.fields["anchor"] == nil && once.fields["every"] == nil)
    },
    AdminStoreCheck("what was edited by hand, which counts nothing, is not overwritten unseen") { sut in
        try await sut.door.put(try StoreFixture.job("a") { $0.job.maxQueueCount = 1 })
        let before = try #require(try await sut.store.job("a"))
        try await sut.door.put(
            try StoreFixture.job("a") { ($0.job.maxQueueCount, $0.job.description) = (2, "mine") })
        #expect(try await !sut.store.edit(before, ["maxQueueCount"]) { $0.maxQueueCount = 3 })
        #expect(try await !sut.store.edit(before, ["description"]) { $0.description = "yours" })
        #expect(try await sut.store.edit(before, ["retention"]) { $0.retention = .seconds(5) })
        #expect(try await sut.store.job("a")?.job?.maxQueueCount == 2)
    },
]
