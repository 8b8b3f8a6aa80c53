// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import MongoStore
import MongoTestSupport
import Shared
import TestSupport
import Testing

/// What only a real server shows: its indexes, its limits, its errors.
@Suite(
    .enabled(
        if: MongoStoreScratch.address != nil || MongoStoreScratch.isRequired,
        "SIMPLE_SCHEDULER_TEST_MONGODB is not set"),
    .timeLimit(.minutes(6)))
struct MongoStoreServerTests {
    private static let start = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)

    private static func run(_ number: UInt32, job: String = "a", epoch: Int64 = 1) throws -> Run {
        Run(
            id: RunID(Identifier(high: 0x6b00_0000_0000_0002, low: number)), jobName: try JobName(job),
            createdTime: start, scheduledTime: start + .milliseconds(Int64(number)), deadline: start,
            lockEpoch: epoch)
    }

    private static func job(_ name: String, _ more: [(String, BSONValue)] = []) -> BSONFields {
        BSONFields(
            [("_id", .string(name)), ("enabled", true), ("interval", 60_000), ("nextRunAt", .date(start))] + more)
    }

    @Test func `each query uses its index and sorts nothing that an index can`() async throws {
        try await MongoStoreScratch.withStore { store in
            try await store.prepare()
            let jobs = try (0..<300).map { try JobName("job-\($0)") }
            let manager = ManagerID(Identifier(high: 1, low: 1))
            for job in jobs { try await store.putRaw(Self.job(job.text), in: "jobs") }
            // As it is most of the time: nearly all jobs are held, by several owners.
            _ = try await store.lock(Array(jobs.prefix(50)), for: manager)
            _ = try await store.lock(Array(jobs[50..<295]), for: ManagerID(Identifier(high: 1, low: 2)))
            _ = try await store.insertOrAdopt(
                try (0..<400).map { try Self.run($0, job: "job-\($0 % 40)") })
            let queries = MongoSchedulerStore.explainableQueries(
                jobs: Array(jobs.prefix(5)), manager: manager, after: try Self.run(7, job: "job-7"))
            for query in queries {
                let plan = try await store.readRaw([
                    "explain": [
                        "find": .string(query.collection), "filter": .document(query.filter),
                        "sort": .document(query.sort),
                    ], "verbosity": "queryPlanner",
                ])
                let stages = PlanStages(plan["queryPlanner"]?.fields?["winningPlan"] ?? .null)
                #expect(stages.indexes.contains(query.index), "\(query.verb): \(stages)")
                #expect(!stages.names.contains("COLLSCAN"), "\(query.verb): \(stages)")
                if query.verb.hasPrefix("dueRuns") || query.verb == "unlockedJobs" {
                    #expect(!stages.names.contains("SORT"), "\(query.verb): \(stages)")
                }
            }
            // Whatever waits is counted by the index alone, but for the first, which is read.
            let queues = try await store.readRaw([
                "explain": [
                    "aggregate": "runs",
                    "pipeline": .array(MongoSchedulerStore.queuePipeline(of: jobs).map { .document($0) }),
                    "cursor": [:],
                ], "verbosity": "queryPlanner",
            ])
            let counting = PlanStages(.document(queues))
            #expect(counting.indexes.contains("turn"), "\(counting)")
            #expect(!counting.names.contains("FETCH") && !counting.names.contains("COLLSCAN"), "\(counting)")
            // From pool to pool, whatever runs there are.
            let pools = try await store.readRaw([
                "explain": .document(MongoSchedulerStore.poolsCommand), "verbosity": "queryPlanner",
            ])
            let going = PlanStages(pools["queryPlanner"]?.fields?["winningPlan"] ?? .null)
            #expect(going.names.contains("DISTINCT_SCAN") && going.indexes == ["pool"], "\(going)")
            #expect(!going.names.contains("FETCH"), "\(going)")
            let pipeline = MongoSchedulerStore.usedNamesPipeline(jobs)
            let used = try await store.readRaw([
                "explain": [
                    "aggregate": "deletions", "pipeline": .array(pipeline.map { .document($0) }), "cursor": [:],
                ], "verbosity": "queryPlanner",
            ])
            let looking = PlanStages(.document(used))
            #expect(looking.names.contains("DISTINCT_SCAN") && !looking.names.contains("COLLSCAN"), "\(looking)")
            let distinct = try await store.readRaw([
                "explain": ["distinct": "jobs", "key": "managerId"], "verbosity": "queryPlanner",
            ])
            let stages = PlanStages(distinct["queryPlanner"]?.fields?["winningPlan"] ?? .null)
            #expect(stages.names.contains("DISTINCT_SCAN"), "\(stages)")
        }
    }

    @Test func `missing indexes are made again, and another one in the place of ours is told`() async throws {
        try await MongoStoreScratch.withStore { store in
            try await store.prepare()
            try await store.prepare()
            _ = try await store.runRaw(["dropIndexes": "runs", "index": "slot"])
            try await store.prepare()
            let first = try Self.run(1)
            let second = Run(
                id: RunID(Identifier(high: 9, low: 9)), jobName: first.jobName, createdTime: Self.start,
                scheduledTime: first.scheduledTime)
            #expect(try await store.insertOrAdopt([first]) == [first])
            #expect(try await store.insertOrAdopt([second]).map(\.id) == [first.id])

            _ = try await store.runRaw(["dropIndexes": "runs", "index": "slot"])
            _ = try await store.runRaw([
                "createIndexes": "runs",
                "indexes": [["name": "slot", "key": ["jobName": 1, "scheduledTime": 1]]],
            ])
            let error = await #expect(throws: StoreError.self) { try await store.prepare() }
            #expect(error?.code == .rejected)
            #expect(error?.description.contains("slot") == true)
        }
    }

    @Test func `two runs in one slot stop the preparation with a hint`() async throws {
        try await MongoStoreScratch.withStore { store in
            for number: UInt32 in 1...2 {
                try await store.putRaw(
                    [
                        "_id": .objectID(Identifier(high: 1, low: number)), "jobName": "a", "trigger": "schedule",
                        "scheduledTime": .date(Self.start),
                    ], in: "runs")
            }
            let error = await #expect(throws: StoreError.self) { try await store.prepare() }
            #expect(error?.code == .rejected)
            #expect(error?.description.contains("two runs of one slot") == true)
        }
    }

    /// As every caller does: asks again while the server has no room in its cache, which other tests fill as well.
    private static func update(
        _ updates: [RunUpdate], in store: MongoSchedulerStore
    ) async throws -> [RunUpdateOutcome] {
        var failure: StoreError?
        for _ in 0..<20 where failure?.isRetriable != false {
            do { return try await store.update(updates) } catch { failure = error }
        }
        throw try #require(failure)
    }

    @Test func `a result beyond the size of a document is refused alone`() async throws {
        try await MongoStoreScratch.withStore { store in
            try await store.prepare()
            let runs = try (1...5).map { try Self.run($0) }
            _ = try await store.insertOrAdopt(runs)
            let sizes = [1_000, 17 * 1024 * 1024, 16 * 1024 * 1024 - 200, 12 * 1024 * 1024, 2_000]
            let updates = zip(runs, sizes).map { run, size in
                var after = run
                after.result = .string(String(repeating: "x", count: size))
                return RunUpdate(before: run, after: after)
            }
            let outcomes = try await Self.update(updates, in: store)
            #expect(outcomes[0] == .applied)
            #expect(outcomes[1] == .rejected("larger than 16 MiB"))
            if case .rejected = outcomes[2] {} else { Issue.record("\(outcomes[2])") }
            #expect(outcomes[3] == .applied)
            #expect(outcomes[4] == .applied)
            var grown = updates[3].after
            grown.revision = 1
            var after = grown
            after.error = String(repeating: "y", count: 6 * 1024 * 1024)
            let refusal = try await Self.update([RunUpdate(before: grown, after: after)], in: store)
            if case .rejected(let reason) = refusal[0] {
                #expect(!reason.contains("yyy"))
            } else {
                Issue.record("\(refusal)")
            }
        }
    }

    @Test func `keys with a dollar sign or a dot harm nobody`() async throws {
        try await MongoStoreScratch.withStore { store in
            try await store.prepare()
            let keys = ["$set", "$where", "$ref", "$id", "$db", "$", "a.b", ".", "", "__proto__", "$$NOW"]
            let runs = try (0..<UInt32(keys.count)).map { try Self.run($0) }
            _ = try await store.insertOrAdopt(runs)
            let updates = zip(runs, keys).map { run, key in
                var after = run
                after.result = .object([key: .string("$$NOW")])
                return RunUpdate(before: run, after: after)
            }
            let outcomes = try await store.update(updates)
            for (index, outcome) in outcomes.enumerated() {
                #expect(outcome == .applied, "\(keys[index])")
                let stored = try await store.runs([runs[index].id]).first
                #expect(stored?.result == updates[index].after.result)
            }
        }
    }

    @Test func `a payload beyond 256 KiB of JSON makes its job malformed`() async throws {
        try await MongoStoreScratch.withStore { store in
            let limit = 256 * 1024
            for (name, size) in [("fits", limit - 2), ("exceeds", limit - 1)] {
                let payload = BSONValue.string(String(repeating: "x", count: size))
                try await store.putRaw(Self.job(name, [("payload", payload)]), in: "jobs")
            }
            let jobs = try await store.unlockedJobs(after: nil, limit: 5)
            for job in jobs {
                switch job {
                case .valid(let job): #expect(job.job.name.text == "fits")
                case .malformed(let job):
                    #expect(job.id == "exceeds")
                    #expect(job.reasons == ["payload: larger than 256 KiB as JSON"])
                }
            }
            #expect(jobs.count == 2)
        }
    }

    @Test func `a document that cannot be understood does not keep a slot or a job from going on`() async throws {
        try await MongoStoreScratch.withStore { store in
            try await store.prepare()
            try await store.putRaw(
                [
                    "_id": .objectID(Identifier(high: 1, low: 1)), "jobName": "a", "trigger": "schedule",
                    "status": "asleep", "scheduledTime": .date(Self.start + .milliseconds(1)),
                ], in: "runs")
            let runs = [try Self.run(1), try Self.run(2)]
            let stored = try await store.insertOrAdopt(runs)
            #expect(stored[0].id == RunID(Identifier(high: 1, low: 1)))
            #expect(stored[0].status == .failed)
            #expect(stored[1] == runs[1])
        }
    }

    @Test func `the oldest waiting run is found behind one that cannot be understood`() async throws {
        try await MongoStoreScratch.withStore { store in
            try await store.prepare()
            var run = try Self.run(2)
            run.isWaiting = true
            _ = try await store.insertOrAdopt([run])
            try await store.putRaw(
                [
                    "_id": .objectID(Identifier(high: 1, low: 1)), "jobName": "a", "status": "pending",
                    "waiting": true, "attempt": "one", "createdTime": .date(Self.start - .seconds(1)),
                ], in: "runs")
            let activity = try await store.activity(of: [run.jobName])
            #expect(activity[run.jobName]?.oldestWaiting == run)
        }
    }

    @Test func `a closed store refuses every call, and may be closed twice`() async throws {
        try await MongoStoreScratch.withStore { store in
            _ = try await store.serverTime()
            await store.close()
            await store.close()
            let error = await #expect(throws: StoreError.self) { try await store.serverTime() }
            #expect(error?.code == .unavailable)
        }
    }

    @Test func `calls of cancelled tasks are carried out`() async throws {
        try await MongoStoreScratch.withStore { store in
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try await store.register(ManagerID(Identifier(high: 1, low: 1)), hostname: "host")
                return try await store.renew(ManagerID(Identifier(high: 1, low: 1)))
            }
            let isRenewed = try await task.value
            #expect(isRenewed)
        }
    }
}
