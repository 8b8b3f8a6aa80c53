// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import MongoTestSupport
import RabbitMQBus
import Shared

/// A database of one part: made empty, filled with jobs, looked at from outside.
struct BenchmarkDatabase {
    let name: String
    let store: MongoSchedulerStore

    /// Deletes what an earlier run left under that name.
    init(_ bench: Bench, _ name: String) async throws {
        self.name = name
        store = try MongoSchedulerStore(
            connectionString: bench.settings.mongoDB, databaseName: name, applicationName: "benchmark",
            logger: bench.logger)
        try await store.dropDatabase()
        try await store.prepare()
    }

    /// Deletes it and ends the connections.
    func drop() async throws {
        try await store.dropDatabase()
        await store.close()
    }

    /// Stores jobs that are not due for a day, an interval of a day; those of another manager cannot be armed.
    ///
    /// `delivery` is that of each, by number; without one they are for workers.
    func insert(
        _ jobs: JobPopulation, heldBy manager: Identifier? = nil, delivery: ((Int) -> BSONValue)? = nil
    ) async throws {
        let later = WallClock.now() + .seconds(86_400)
        for start in stride(from: 0, to: jobs.names.count, by: 2000) {
            let part = jobs.names[start..<min(start + 2000, jobs.names.count)]
            let documents = part.enumerated().map { offset, name -> BSONValue in
                var job: BSONFields = [
                    "_id": .string(name.text), "index": .int32(manager == nil ? Int32(start + offset) : -1),
                    "enabled": true,
                    "nextRunAt": .date(later), "firstSlot": .date(later), "interval": .int64(86_400_000),
                    "runExecutionTimeout": 0, "runStartTimeout": 0, "maxQueueCount": 0, "heartbeatTimeout": 0,
                    "allowConcurrentRuns": .bool(jobs.isConcurrent),
                ]
                job.append("delivery", ifPresent: jobs.pool.map { .json(JobDelivery.pool($0).json) })
                job.append("managerId", ifPresent: manager.map { .objectID($0) })
                job.append("delivery", ifPresent: delivery?(start + offset))
                return .document(job)
            }
            _ = try await store.runRaw(["insert": "jobs", "ordered": false, "documents": .array(documents)])
        }
    }

    /// Makes the jobs numbered `range` fall due from `first` on, every `interval`, spread evenly over `spread`.
    func arm(_ range: Range<Int>, first: Timestamp, interval: Duration, spread: Duration) async throws {
        let step = Double(spread.milliseconds) / Double(max(range.count, 1))
        let offset: BSONValue = [
            "$floor": ["$multiply": [["$subtract": ["$index", .int32(Int32(range.lowerBound))]], .double(step)]]
        ]
        let slot: BSONValue = ["$add": [.date(first), ["$toLong": offset]]]
        _ = try await update(
            ["index": ["$gte": .int32(Int32(range.lowerBound)), "$lt": .int32(Int32(range.upperBound))]],
            [["$set": ["nextRunAt": slot, "firstSlot": slot, "interval": .int64(interval.milliseconds)]]])
    }

    /// Disables every job.
    func disableAll() async throws {
        _ = try await update([:], ["$set": ["enabled": false]])
    }

    /// Stores runs of no job, in one command.
    func insertRuns(_ ids: [Identifier]) async throws {
        let now = BSONValue.date(WallClock.now())
        let documents = ids.map { id -> BSONValue in
            [
                "_id": .objectID(id), "jobName": .string("\(id)"), "status": "pending", "createdTime": now,
                "scheduledTime": now, "attempt": 1,
            ]
        }
        _ = try await store.runRaw(["insert": "runs", "ordered": false, "documents": .array(documents)])
    }

    /// Notes their end, in one command.
    func completeRuns(_ ids: [Identifier]) async throws {
        let now = BSONValue.date(WallClock.now())
        let updates = ids.map { id -> BSONValue in
            [
                "q": ["_id": .objectID(id), "status": "pending"],
                "u": ["$set": ["status": "completed", "startTime": now, "endTime": now]],
            ]
        }
        _ = try await store.runRaw(["update": "runs", "ordered": false, "updates": .array(updates)])
    }

    /// How many documents of a collection match.
    func count(_ collection: String, _ query: BSONFields = [:]) async throws -> Int {
        let reply = try await store.readRaw(["count": .string(collection), "query": .document(query)])
        return Int(reply["n"]?.number ?? 0)
    }

    /// One number that an aggregation gives in its field `value`; `nil` when it gives nothing.
    func value(of pipeline: [BSONValue], in collection: String) async throws -> Double? {
        let reply = try await store.readRaw([
            "aggregate": .string(collection), "pipeline": .array(pipeline), "cursor": [:],
        ])
        guard case .date(let date)? = reply["cursor"]?.fields?["firstBatch"]?.elements?.first?.fields?["value"] else {
            return reply["cursor"]?.fields?["firstBatch"]?.elements?.first?.fields?["value"]?.number
        }
        return Double(date.millisecondsSinceEpoch)
    }

    private func update(_ query: BSONFields, _ change: BSONValue) async throws -> BSONFields {
        try await store.runRaw([
            "update": "jobs", "updates": [["q": .document(query), "u": change, "multi": true]],
        ])
    }
}
