// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import MongoStore
import MongoTestSupport
import Shared
import TestSupport
import Testing

@Suite(
    .enabled(
        if: MongoStoreScratch.address != nil || MongoStoreScratch.isRequired,
        "SIMPLE_SCHEDULER_TEST_MONGODB is not set"),
    .timeLimit(.minutes(6)))
struct MongoAdminStoreTests {
    @Test func `each query goes by an index, sorts nothing, and looks at little more than it gives`() async throws {
        try await MongoStoreScratch.withAdminStore { admin, raw in
            try await admin.prepare()
            try await raw.prepare()
            let start = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
            // Most runs have ended, a few are active, as it is after some weeks; several jobs, made in turn.
            for batch in 0..<10 {
                let documents = (0..<1_000).map { index -> BSONValue in
                    let number = batch * 1_000 + index
                    let created = start + .seconds(Int64(number))
                    let status: RunStatus =
                        number % 500 == 0
                        ? .running : number % 500 == 1 ? .pending : number % 50 == 2 ? .failed : .completed
                    let id = Identifier(high: UInt64(created.millisecondsSinceEpoch / 1000) << 32, low: UInt32(number))
                    return [
                        "_id": .objectID(id), "jobName": .string("job-\(number % 7)"),
                        "status": .string(status.rawValue), "createdTime": .date(created),
                        "startTime": .date(created), "heartbeat": .date(created),
                    ]
                }
                _ = try await raw.runRaw(["insert": "runs", "documents": .array(documents)])
            }
            let jobs = (0..<2_000).map { number -> BSONValue in
                let team = "t\(number % 2)"
                let part = "p\(number % 100)"
                return [
                    "_id": .string("job-\(number)"),
                    "labels": [
                        "team": .string(team), "app.example/part": .string(part), "app.example/of": "all",
                        "rare": .string("r\(number % 100)"),
                    ],
                    "labelPairs": [
                        .string("team=\(team)"), .string("app.example/part=\(part)"), "app.example/of=all",
                        .string("rare=r\(number % 100)"),
                    ],
                ]
            }
            _ = try await raw.runRaw(["insert": "jobs", "documents": .array(jobs)])
            let others = (0..<2_000).map { number -> BSONValue in ["_id": .string("other-\(number)")] }
            _ = try await raw.runRaw(["insert": "jobs", "documents": .array(others)])
            let middle = RunID(Identifier(high: 1_800_005_000 << 32, low: 5_000))
            for query in MongoAdminStore.explainableQueries(
                job: try JobName("job-3"), run: middle, time: start + .seconds(4_000))
            {
                let plan = try await raw.readRaw([
                    "explain": .document(query.command), "verbosity": "executionStats",
                ])
                let stages = PlanStages(plan["queryPlanner"]?.fields?["winningPlan"] ?? .null)
                let unwanted = query.maySort ? ["COLLSCAN"] : ["COLLSCAN", "SORT"]
                #expect(stages.names.isDisjoint(with: unwanted), "\(query.name): \(stages.names)")
                #expect(stages.indexes.isSubset(of: query.indexes), "\(query.name): \(stages.indexes)")
                let stats = plan["executionStats"]?.fields
                let (given, examined) = (stats?["nReturned"]?.wholeNumber, stats?["totalDocsExamined"]?.wholeNumber)
                let keys = try #require(stats?["totalKeysExamined"]?.wholeNumber)
                let allowed = query.passRate * Double(try #require(given)) + 30
                #expect(Double(try #require(examined)) <= allowed, "\(query.name): \(examined ?? 0) for \(given ?? 0)")
                #expect(Double(keys) <= allowed, "\(query.name): \(keys) keys for \(given ?? 0)")
            }
        }
    }

    @Test(arguments: [true, false])
    func `a job that has only keys with dots is found among many without labels, with and without the index`(
        hasIndex: Bool
    ) async throws {
        try await MongoStoreScratch.withAdminStore { admin, raw in
            try await admin.prepare()
            for number in 0..<150 {
                try await raw.putRaw(["_id": .string("plain-\(number)"), "enabled": false], in: "jobs")
            }
            var made = Job(name: try JobName("made"), schedule: .once, nextRunAt: Timestamp(millisecondsSinceEpoch: 1))
            made.labels = ["app.kubernetes.io/name": "a"]
            #expect(try await admin.create(made))
            if !hasIndex { _ = try await raw.runRaw(["dropIndexes": "jobs", "index": "label_pairs"]) }
            for _ in 1...3 {
                let found = try await admin.jobs(after: nil, labels: made.labels, limit: 100).elements
                #expect(found.map(\.name.text) == ["made"])
            }
        }
    }

    @Test func `labels of a job made or edited by hand are found, at once or with the next read of its Scheduler`()
        async throws
    {
        try await MongoStoreScratch.withAdminStore { admin, raw in
            try await admin.prepare()
            func found(_ labels: [String: String]) async throws -> [String] {
                try await admin.jobs(after: nil, labels: labels, limit: 100).elements.map(\.name.text)
            }
            let dotted = "app.kubernetes.io/name"
            var made = Job(name: try JobName("made"), schedule: .once, nextRunAt: Timestamp(millisecondsSinceEpoch: 1))
            made.labels = [dotted: "a", "team": "x"]
            #expect(try await admin.create(made))
            let job: BSONFields = [
                "_id": "by-hand", "enabled": false, "interval": 0, "labels": .document([dotted: "a"]),
            ]
            try await raw.putRaw(job, in: "jobs")
            #expect(try await found([dotted: "a"]) == ["by-hand", "made"])
            #expect(try await found([dotted: "$a"]).isEmpty)
            #expect(
                try await raw.rawDocuments(in: "jobs", ["_id": "made"]).first?["labelPairs"] == [
                    .string("\(dotted)=a"), "team=x",
                ])
            _ = try await raw.runRaw([
                "update": "jobs",
                "updates": [
                    [
                        "q": ["_id": "made"], "u": ["$set": ["labels": .document([dotted: "b", "team": "y"])]],
                    ]
                ],
            ])
            #expect(try await found([dotted: "a"]) == ["by-hand"], "what the index says is compared with the labels")
            #expect(try await found(["team": "y"]) == ["made"])
            let manager = ManagerID(Identifier(high: 1, low: 1))
            #expect(try await raw.lock([JobName("made"), JobName("by-hand")], for: manager).count == 2)
            for _ in 0..<2 {
                _ = try await raw.jobs(lockedBy: manager)
                #expect(try await found([dotted: "b"]) == ["made"])
                #expect(try await found([dotted: "b", "team": "y"]) == ["made"])
                #expect(try await found([dotted: "a"]) == ["by-hand"])
            }
            #expect(try await raw.rawDocuments(in: "jobs", ["labelPairs": ["$exists": true]]).count == 2)
            _ = try await raw.runRaw([
                "update": "jobs", "updates": [["q": ["_id": "made"], "u": ["$unset": ["labels": 1]]]],
            ])
            #expect(try await found([dotted: "b"]).isEmpty)
            _ = try await raw.jobs(lockedBy: manager)
            #expect(try await raw.rawDocuments(in: "jobs", ["labelPairs": ["$exists": true]]).count == 1)
        }
    }

    @Test func `each new job has a mark of its own`() async throws {
        try await MongoStoreScratch.withAdminStore { admin, raw in
            try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<40 {
                    let job = Job(name: try JobName("job-\(number)"), schedule: .once, nextRunAt: nil)
                    group.addTask { try await admin.create(job) }
                }
                for try await isMade in group { #expect(isMade) }
            }
            let marks = try await raw.rawDocuments(in: "jobs", [:]).map { $0["creation"] }
            #expect(marks.count == 40 && Set(marks.map { "\($0 ?? .null)" }).count == 40)
        }
    }

    @Test func `both stores want the same indexes, whoever comes first`() async throws {
        try await MongoStoreScratch.withAdminStore { admin, raw in
            func indexes() async throws -> Set<String> {
                var names: Set<String> = []
                for collection in ["jobs", "runs", "idempotency"] {
                    let reply = try await raw.readRaw(["listIndexes": .string(collection)])
                    for index in reply["cursor"]?.fields?["firstBatch"]?.elements ?? [] {
                        if case .string(let name)? = index.fields?["name"] { names.insert("\(collection).\(name)") }
                    }
                }
                return names
            }
            try await admin.prepare()
            let made = try await indexes()
            try await raw.prepare()
            #expect(try await indexes() == made)
            try await raw.dropDatabase()
            try await raw.prepare()
            #expect(try await indexes() == made)
        }
    }

    @Test func `runs are listed also when the indexes are gone`() async throws {
        try await MongoStoreScratch.withAdminStore { admin, raw in
            try await admin.prepare()
            try await raw.dropDatabase()
            let id = RunID(Identifier(high: 1, low: 1))
            let start = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
            #expect(
                try await admin.insert(
                    ManualRun(id: id, jobName: try JobName("a"), createdTime: start, payload: nil)))
            var filter = RunFilter()
            filter.statuses = [.pending]
            #expect(try await admin.runs(filter, after: nil, limit: 10).elements.map(\.id) == [id])
            filter.jobName = try JobName("a")
            #expect(try await admin.runs(filter, after: nil, limit: 10).elements.map(\.id) == [id])
        }
    }

    @Test func `another index in the place of one of ours is told`() async throws {
        try await MongoStoreScratch.withAdminStore { admin, raw in
            try await admin.prepare()
            _ = try await raw.runRaw(["dropIndexes": "runs", "index": "status_id"])
            _ = try await raw.runRaw([
                "createIndexes": "runs", "indexes": [["name": "status_id", "key": ["status": 1]]],
            ])
            let error = await #expect(throws: StoreError.self) { try await admin.prepare() }
            #expect(error?.code == .rejected)
            #expect(error?.description.contains("status_id") == true)
        }
    }
}
