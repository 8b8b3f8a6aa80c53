// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import MongoTestSupport
import Shared
import TestSupport
import Testing

/// A fault in one field of an otherwise good job, and the fields that the reasons must name.
private let faults: [(id: String, change: RawDocument, fields: [String])] = [
    ("enabled-string", ["enabled": .string("yes")], ["enabled"]),
    ("interval-nan", ["interval": .double(.nan)], ["interval"]),
    ("interval-infinite", ["interval": .double(.infinity)], ["interval"]),
    ("interval-part", ["interval": .double(1.5)], ["interval"]),
    ("interval-negative", ["interval": .int32(-1)], ["interval"]),
    ("interval-long", ["interval": .int64(3_153_600_000_001)], ["interval"]),
    ("interval-string", ["interval": .string("60000")], ["interval"]),
    ("timeout-execution", ["runExecutionTimeout": .double(0.5)], ["runExecutionTimeout"]),
    ("timeout-start", ["runStartTimeout": .int64(.min)], ["runStartTimeout"]),
    ("timeout-heartbeat", ["heartbeatTimeout": .bool(true)], ["heartbeatTimeout"]),
    ("queue", ["maxQueueCount": .int64(1_000_000_001)], ["maxQueueCount"]),
    ("queue-double", ["maxQueueCount": .double(1e300)], ["maxQueueCount"]),
    ("concurrent", ["allowConcurrentRuns": .int32(1)], ["allowConcurrentRuns"]),
    ("every-string", ["interval": .null, "every": .string("1 month")], ["every"]),
    ("every-two", ["interval": .null, "every": .document(["days": .int32(1), "weeks": .int32(1)])], ["every"]),
    ("every-part", ["interval": .null, "every": .document(["days": .double(0.5)])], ["every.days"]),
    ("every-interval", ["every": .document(["days": .int32(1)])], ["every"]),
    (
        "anchor-string",
        ["interval": .null, "every": .document(["days": .int32(1)]), "anchor": .string("2027-01-15T08:00:00Z")],
        ["anchor"]
    ),
    ("slot-missing", ["nextRunAt": .null], ["nextRunAt"]),
    ("slot-year-one", ["nextRunAt": .yearOne], ["nextRunAt"]),
    ("slot-string", ["nextRunAt": .string("2027-01-15")], ["nextRunAt"]),
    ("slot-far", ["nextRunAt": .date(Timestamp(millisecondsSinceEpoch: 253_402_300_800_000))], ["nextRunAt"]),
    ("epoch", ["lockEpoch": .string("1")], ["lockEpoch"]),
    ("epoch-negative", ["lockEpoch": .int32(-1)], ["lockEpoch"]),
    ("epoch-large", ["lockEpoch": .int64(.max)], ["lockEpoch"]),
    ("creation", ["creation": .string("now")], ["creation"]),
    ("two", ["interval": .string("x"), "enabled": .int32(1)], ["enabled", "interval"]),
    ("bad name!", [:], ["_id"]),
    ("ends.action", [:], ["_id"]),
]

extension DocumentsUnderTest {
    fileprivate func anchor(of name: JobName) async throws -> Timestamp? {
        try await store.jobs(named: [name]).first?.job?.anchor
    }

    /// As somebody with a shell of the database does it.
    fileprivate func set(_ name: JobName, _ fields: BSONFields) async throws {
        let update: BSONValue = ["q": ["_id": .string(name.text)], "u": ["$set": .document(fields)]]
        try await store.runRaw(["update": "jobs", "updates": .array([update])])
    }

    /// As the first owner decides it; gives whether the job was moved.
    fileprivate func step(_ name: JobName, _ from: Timestamp, _ to: Timestamp?) async throws -> Bool {
        let owned = try #require(try await store.jobs(named: [name]).first?.owned)
        let step = JobAdvance(
            name: name, managerID: StoreFixture.manager(1), lockEpoch: 1, edition: owned.edition, from: from, to: to,
            anchor: owned.job.anchor, endOf: owned.job)
        return try await store.advance([step]).count == 1
    }
}

/// How jobs are read that others wrote, and what ours look like.
let jobDocumentChecks = [
    DocumentCheck("each fault of a job document is told with its field, and hides no other job") { sut in
        try await sut.put(faults.map { RawDocument.job($0.id, $0.change) } + [RawDocument.job("good")])
        let jobs = try await sut.store.unlockedJobs(after: nil, limit: 100)
        #expect(jobs.count == faults.count + 1)
        #expect(jobs.compactMap(\.owned).map(\.job.name.text) == ["good"])
        for job in jobs.compactMap(\.malformed) {
            let fault = faults.first { $0.id == job.id }
            let named = job.reasons.map { String($0.prefix { $0 != ":" }) }
            #expect(named.sorted() == fault?.fields, "\(job)")
        }
    },
    DocumentCheck("a job with a key of another type is malformed") { sut in
        try await sut.put("jobs", RawDocument.job("x", ["_id": .objectID(StoreFixture.runID(1).value)]))
        let jobs = try await sut.store.unlockedJobs(after: nil, limit: 10).compactMap(\.malformed)
        #expect(jobs.map(\.id) == [StoreFixture.runID(1).description])
        #expect(jobs.last?.reasons.count == 1)
        #expect(jobs.last?.reasons.first?.hasPrefix("_id") == true)
    },
    DocumentCheck("what a job lacks is zero, null is as if it were not there, and such a job is locked and moved") {
        sut in
        let nulls = JobField.names.union(["managerId", "heartbeat", "creation", "lockEpoch", "ownerLostAt", "edition"])
        var empty: RawDocument = [
            "_id": .string("null"), "enabled": .bool(true), "nextRunAt": .date(StoreFixture.start),
        ]
        for field in nulls where empty[field] == nil { empty[field] = .null }
        let bare: RawDocument = [
            "_id": .string("bare"), "enabled": .bool(true), "nextRunAt": .date(StoreFixture.start),
        ]
        try await sut.put([bare, empty, ["_id": .string("off")]])
        let found = try await sut.store.unlockedJobs(after: nil, limit: 10)
        let jobs = found.compactMap(\.owned?.job)
        #expect(jobs.count == 3, "\(found)")
        for job in jobs where job.name.text != "off" {
            #expect(job == Job(name: job.name, schedule: .once, nextRunAt: StoreFixture.start))
        }
        #expect(jobs.last?.isEnabled == false && jobs.last?.nextRunAt == nil)
        let locked = try await sut.store.lock(jobs.map(\.name), for: StoreFixture.manager(1))
        #expect(locked.map(\.lockEpoch) == [1, 1, 1])
        let steps = try ["bare", "null"].map { name in
            JobAdvance(
                name: try JobName(name), managerID: StoreFixture.manager(1), lockEpoch: 1, from: StoreFixture.start,
                to: nil)
        }
        #expect(try await sut.store.advance(steps).count == 2)
    },
    DocumentCheck("a job with a cron and no slot is moved to its next one") { sut in
        let none: [(String, BSONValue?)] = [("absent", nil), ("null", .null), ("year-one", .yearOne)]
        for (name, value) in none {
            var job: RawDocument = ["_id": .string(name), "enabled": .bool(true), "cron": .string("@daily")]
            job["nextRunAt"] = value
            try await sut.put("jobs", job)
        }
        let names = try none.map { try JobName($0.0) }
        #expect(try await sut.store.lock(names, for: StoreFixture.manager(1)).count == 3)
        let steps = names.map {
            JobAdvance(
                name: $0, managerID: StoreFixture.manager(1), lockEpoch: 1, from: nil, to: StoreFixture.start)
        }
        for _ in 1...2 { #expect(try await sut.store.advance(steps).count == 3) }
        for job in try await sut.store.jobs(named: names) { #expect(job.job?.nextRunAt == StoreFixture.start) }
        // Meanwhile somebody has given it one.
        let late = JobAdvance(
            name: names[0], managerID: StoreFixture.manager(1), lockEpoch: 1, from: nil,
            to: StoreFixture.start + .seconds(1))
        #expect(try await sut.store.advance([late]).isEmpty)
    },
    DocumentCheck("a slot that is set in the database is what steps on the calendar are counted from") { sut in
        let name = try JobName("a")
        let start = StoreFixture.start
        try await sut.put(
            "jobs",
            [
                "_id": .string("a"), "enabled": .bool(true), "nextRunAt": .date(start),
                "timeZone": .string("Europe/Berlin"),
                "every": .document(["months": .double(1), "days": .null]),
            ])
        #expect(try await sut.anchor(of: name) == start)
        // Before the first step nothing is known but the slot.
        let later = start + .seconds(3_600)
        try await sut.set(name, ["nextRunAt": .date(later)])
        #expect(try await sut.anchor(of: name) == later)
        #expect(try await sut.store.lock([name], for: StoreFixture.manager(1)).count == 1)
        let next = start + .seconds(31 * 86_400)
        #expect(try await sut.step(name, later, next))
        #expect(try await sut.anchor(of: name) == later)
        // Also where the row has the slot that is set.
        try await sut.set(name, ["nextRunAt": .date(next + .seconds(1))])
        #expect(try await sut.anchor(of: name) == next + .seconds(1))
        let record = try #require(try await sut.admin.job("a"))
        #expect(try await sut.admin.edit(record, ["description"]) { $0.description = "x" })
        #expect(try await sut.anchor(of: name) == next + .seconds(1))
        #expect(try await sut.step(name, next + .seconds(1), next + .seconds(2)))
        #expect(try await sut.anchor(of: name) == next + .seconds(1))
        // Of a job that is done, too.
        #expect(try await sut.step(name, next + .seconds(2), nil))
        try await sut.set(name, ["nextRunAt": .date(later)])
        #expect(try await sut.anchor(of: name) == later)
        let document = try #require(try await sut.document("jobs", .string("a")))
        #expect(
            document["anchor"] == .date(next + .seconds(1)) && document["anchoredSlot"] == .date(next + .seconds(2)))
    },
    DocumentCheck("numbers may be int32, int64 or whole doubles, and what is left out has its default") { sut in
        try await sut.put(
            "jobs",
            [
                "_id": .string("go"), "enabled": .bool(true), "interval": .double(60_000), "unknown": .string("x"),
                "nextRunAt": .date(StoreFixture.start), "runExecutionTimeout": .int32(5),
                "runStartTimeout": .int64(6), "heartbeatTimeout": .double(7), "maxQueueCount": .double(8),
                "allowConcurrentRuns": .bool(true), "managerId": .objectID(.zero), "heartbeat": .yearOne,
            ])
        try await sut.put(
            "jobs", ["_id": .string("small"), "enabled": .bool(false), "interval": .int32(0), "nextRunAt": .yearOne])
        let jobs = try await sut.store.unlockedJobs(after: nil, limit: 10).compactMap(\.owned)
        #expect(
            jobs.first?.job
                == Job(
                    name: try JobName("go"), schedule: .every(.seconds(60)), nextRunAt: StoreFixture.start,
                    runExecutionTimeout: .milliseconds(5), runStartTimeout: .milliseconds(6),
                    heartbeatTimeout: .milliseconds(7), maxQueueCount: 8, allowsConcurrentRuns: true))
        #expect(
            jobs.last?.job == Job(name: try JobName("small"), isEnabled: false, schedule: .once, nextRunAt: nil))
        #expect(jobs.allSatisfy { $0.managerID == nil && $0.lockEpoch == 0 && !$0.wasTakenFromDeadOwner })
    },
    DocumentCheck("a payload keeps its values and gives no meaning to its keys") { sut in
        try await sut.put(
            "jobs",
            RawDocument.job(
                "a",
                [
                    "payload": .document([
                        "$oid": .string("0123"), "n": .int32(1), "big": .int64(.max), "d": .double(0.1), "": .null,
                        "a.b": .array([.bool(true), .document([:])]), "id": .objectID(StoreFixture.runID(7).value),
                        "at": .date(StoreFixture.start), "nan": .double(.nan), "text": .string("é\u{0}🙂"),
                    ])
                ]))
        let job = try await sut.store.jobs(named: [JobName("a")]).first?.owned?.job
        #expect(
            job?.payload
                == .object([
                    "$oid": .string("0123"), "n": .int(1), "big": .int(.max), "d": .double(0.1), "": .null,
                    "a.b": .array([.bool(true), .object([:])]), "id": .string(StoreFixture.runID(7).description),
                    "at": .string("2027-01-15T08:00:00.000Z"), "nan": .string("NaN"), "text": .string("é\u{0}🙂"),
                ]))
    },
]
