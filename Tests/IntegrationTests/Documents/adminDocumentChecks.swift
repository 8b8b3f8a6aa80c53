// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import Shared
import TestSupport
import Testing

/// Runs of two jobs in every status, several in a second, some of which have not started or were never heard of.
private func seedRuns(_ sut: DocumentsUnderTest) async throws -> [RunRecord] {
    for number in 0..<72 {
        let created = AdminFixture.start + .milliseconds(Int64(number) * 251)
        let status = RunStatus.allCases[number % RunStatus.allCases.count]
        var document: RawDocument = [
            "_id": .objectID(AdminFixture.runID(UInt32(number), at: created).value),
            "jobName": .string(number / 6 % 2 == 0 ? "a" : "b"), "status": .string(status.rawValue),
            "trigger": .string("manual"), "createdTime": .date(created), "attempt": .int32(1),
        ]
        if number % 3 == 1 { document["startTime"] = .yearOne }
        if number % 3 == 2 { document["startTime"] = .date(created + .milliseconds(400)) }
        if number % 4 == 1 { document["heartbeat"] = .yearOne }
        if number % 4 > 1 { document["heartbeat"] = .date(created + .milliseconds(900)) }
        try await sut.put("runs", document)
    }
    return try await sut.admin.runs(RunFilter(), after: nil, limit: 100).elements
}

extension DocumentsUnderTest {
    fileprivate func seedRun(_ number: UInt32, _ more: RawDocument) async throws -> RunRecord {
        let id = AdminFixture.runID(number)
        let document: RawDocument = [
            "_id": .objectID(id.value), "jobName": .string("a"), "status": .string("pending"),
            "trigger": .string("schedule"), "createdTime": .date(AdminFixture.start),
            "scheduledTime": .date(AdminFixture.start + .milliseconds(Int64(number))), "attempt": .int32(1),
        ]
        try await put("runs", document.merging(more) { $1 })
        return try #require(try await admin.run(id))
    }
}

/// What the API makes of documents that others wrote.
let adminDocumentChecks = [
    DocumentCheck("jobs come in the order of their names' bytes, page by page, without those that make no sense") {
        sut in
        let names = ["a", "B", "a.b", "a-b", "a_b", "Z9", "0", "ab", "A", "b"]
        for name in names { #expect(try await sut.admin.create(try AdminFixture.job(name))) }
        for name in ["0broken", "a0broken", "zbroken"] {
            try await sut.put("jobs", RawDocument.job(name, ["interval": .string("soon")]))
        }
        let ordered = names.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        for limit in [1, 3, 10, 11, 100] {
            let pages = try await sut.admin.jobPages(limit: limit)
            #expect(pages.flatMap(\.self) == ordered, "limit \(limit)")
            #expect(pages.allSatisfy { $0.count <= limit && !$0.isEmpty }, "limit \(limit)")
        }
        // A cursor need not be there any more.
        let page = try await sut.admin.jobs(after: try JobName("a-c"), labels: [:], limit: 100)
        #expect(page.elements.map(\.name.text) == ["a.b", "a_b", "ab", "b"])
    },
    DocumentCheck("an edition that is none counts as 0, and the next edit or deletion goes through, once") { sut in
        let broken: [BSONValue] = [
            .string("3"), .double(1.5), .double(.nan), .int32(-1), .int64(.max), .date(AdminFixture.start),
            .bool(true), .document([:]), .array([.int32(0)]), .null,
        ]
        for (number, edition) in broken.enumerated() {
            try await sut.put("jobs", RawDocument.job("job\(number)", ["edition": edition]))
            let before = try #require(try await sut.admin.job("job\(number)"))
            #expect(before.job != nil && before.edition == 0, "\(edition)")
            #expect(try await sut.admin.edit(before, ["description"]) { $0.description = "x" }, "\(edition)")
            #expect(try await !sut.admin.edit(before, ["description"]) { $0.description = "y" }, "\(edition)")
            let after = try #require(try await sut.admin.job("job\(number)"))
            #expect(after.edition == 1 && !after.hasBrokenEdition && after.job?.description == "x", "\(edition)")
            #expect(try await sut.admin.delete(before.name, expected: before) == .conflict, "\(edition)")
            try await sut.put("jobs", RawDocument.job("job\(number)", ["edition": edition]))
            #expect(try await sut.admin.delete(before.name, expected: before) == .deleted, "\(edition)")
        }
    },
    DocumentCheck("what keeps the Scheduler from locking a job is a fault, and any edit repairs it") { sut in
        let broken: [(String, BSONValue)] = [
            ("lockEpoch", .string("7")), ("lockEpoch", .double(0.5)), ("lockEpoch", .int32(-1)),
            ("lockEpoch", .int64(.max)),
            ("managerId", .string("me")), ("managerId", .document([:])), ("creation", .bool(true)),
        ]
        for (number, (field, value)) in broken.enumerated() {
            try await sut.put("jobs", RawDocument.job("job\(number)", [field: value]))
            let before = try #require(try await sut.admin.job("job\(number)"))
            #expect(before.job == nil && before.faults.map(\.field) == [field], "\(field) \(value)")
            #expect(try await sut.admin.edit(before, []) { _ in }, "\(field) \(value)")
            #expect(try await !sut.admin.edit(before, []) { _ in }, "\(field) \(value)")
            let after = try #require(try await sut.admin.job("job\(number)"))
            #expect(after.job != nil && after.faults.isEmpty && after.managerID == nil, "\(field) \(value)")
            #expect(field != "lockEpoch" || after.lockEpoch > 1_000_000_000_000, "later than any count of locks")
        }
    },
    DocumentCheck("a job that makes no sense is read with its faults, and an edit repairs it") { sut in
        try await sut.put(
            "jobs",
            RawDocument.job(
                "a",
                ["interval": .string("soon"), "payload": .objectID(Identifier(high: 1, low: 2)), "jitter": .bool(true)])
        )
        let before = try #require(try await sut.admin.job("a"))
        #expect(before.job == nil)
        #expect(Set(before.faults.map(\.field)) == ["interval", "jitter"])
        #expect(try await sut.admin.edit(before, ["interval", "jitter", "payload"]) { _ in })
        let after = try #require(try await sut.admin.job("a"))
        let repaired = try AdminFixture.job("a")
        #expect(after.job == repaired)
        #expect(after.faults.isEmpty && after.edition == 1)
    },
    DocumentCheck("the live Schedulers are told, with how many jobs each holds") { sut in
        let now = try await sut.admin.probe()
        let (live, idle, old, ended, go) = (
            StoreFixture.manager(1), StoreFixture.manager(2), StoreFixture.manager(3), StoreFixture.manager(4),
            StoreFixture.manager(5)
        )
        func manager(_ id: ManagerID, _ more: RawDocument) -> RawDocument {
            let base: RawDocument = ["_id": .objectID(id.value), "hostname": .string("host")]
            return base.merging(more) { $1 }
        }
        try await sut.put("managers", manager(live, ["heartbeat": .date(now)]))
        try await sut.put("managers", manager(idle, ["heartbeat": .date(now - .seconds(20))]))
        try await sut.put("managers", manager(old, ["heartbeat": .date(now - .seconds(500))]))
        try await sut.put("managers", manager(ended, ["heartbeat": .date(now), "expired": .bool(true)]))
        // The Go program's: its sign of life is in its jobs.
        try await sut.put("managers", manager(go, [:]))
        let held: [(String, ManagerID, Timestamp?)] = [
            ("a", live, nil), ("b", live, nil), ("c", old, now - .seconds(500)), ("d", ended, nil), ("e", go, now),
            ("f", StoreFixture.manager(9), now),
        ]
        for (name, id, heartbeat) in held {
            var job = RawDocument.job(name, ["managerId": .objectID(id.value)])
            job["heartbeat"] = heartbeat.map { .date($0) }
            try await sut.put("jobs", job)
        }
        try await sut.put("jobs", RawDocument.job("free"))
        try await sut.put("jobs", RawDocument.job("zero", ["managerId": .objectID(.zero)]))
        let found = try await sut.admin.managers(timeout: .seconds(300))
        #expect(
            found == [
                ManagerRecord(id: live, hostname: "host", heartbeat: now, jobs: 2),
                ManagerRecord(id: idle, hostname: "host", heartbeat: now - .seconds(20), jobs: 0),
                ManagerRecord(id: go, hostname: "host", heartbeat: now, jobs: 1),
            ])
    },
    DocumentCheck("a document of the Go program is read, year 1 as nothing") { sut in
        let run = try await sut.seedRun(1, ["startTime": .yearOne, "endTime": .yearOne, "heartbeat": .yearOne])
        #expect(run.startTime == nil && run.endTime == nil && run.heartbeat == nil && run.attempt == 1)
    },
    DocumentCheck("a list has the runs that its filter lets through, newest first, page by page") { sut in
        let all = try await seedRuns(sut)
        #expect(all.count == 72)
        #expect(all.map(\.id) == all.map(\.id).sorted(by: >))
        let limits = [
            nil, AdminFixture.start + .milliseconds(251 * 30), AdminFixture.start + .milliseconds(251 * 60 + 1),
        ]
        let jobs = [nil, try JobName("a"), try JobName("none")]
        let statuses: [Set<RunStatus>] = [[], [.pending], [.running, .failed, .completed], Set(RunStatus.allCases)]
        for job in jobs {
            for status in statuses {
                for created in limits {
                    for started in limits {
                        for heard in limits {
                            var filter = RunFilter()
                            filter.jobName = job
                            filter.statuses = status
                            filter.createdBefore = created
                            filter.startedBefore = started
                            filter.heartbeatBefore = heard
                            let expected = all.filter(filter.passes).map(\.id)
                            let isPaged = started == nil || heard == nil
                            let found = try await sut.admin.allRuns(filter, limit: isPaged ? 7 : 100)
                            #expect(found == expected, "\(filter)")
                        }
                    }
                }
            }
        }
    },
]
