// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// For tests only: documents as they are, and what the server says about queries.
extension MongoSchedulerStore {
    /// Inserts a document unchecked, in the place of one with the same `_id`.
    package func putRaw(_ document: BSONFields, in collection: String) async throws(StoreError) {
        try await connection.run { client throws(StoreError) in
            _ = try client.bulkWrite(to: collection) { bulk throws(StoreError) in
                try bulk.deleteOne(.encoded(["_id": document["_id"] ?? .null]))
            }
            let report = try client.bulkWrite(to: collection) { bulk throws(StoreError) in
                try bulk.insert(.encoded(document))
            }
            if let failure = report.failures[0] { throw StoreError(.rejected, failure.reason) }
        }
    }

    /// Reads documents unchecked.
    package func rawDocuments(in collection: String, _ filter: BSONFields) async throws(StoreError) -> [BSONFields] {
        try await connection.run { client throws(StoreError) in
            try client.find(in: collection, filter) { $0.fields() }
        }
    }

    /// Runs a command that reads in the database of the store.
    package func readRaw(_ command: BSONFields) async throws(StoreError) -> BSONFields {
        try await connection.run { client throws(StoreError) in try client.read(command) }
    }

    /// Runs a command that writes in the database of the store.
    package func runRaw(_ command: BSONFields) async throws(StoreError) -> BSONFields {
        try await connection.run { client throws(StoreError) in try Self.write(command, client) }
    }

    private static func write(
        _ command: BSONFields, _ client: MongoClient
    ) throws(StoreError) -> BSONFields {
        do { return try client.write(command) } catch { throw error.storeError }
    }

    /// Deletes the whole database of the store.
    package func dropDatabase() async throws(StoreError) {
        _ = try await runRaw(["dropDatabase": 1])
    }

    /// How the runs are counted that wait, for `explain`.
    package static func queuePipeline(of jobs: [JobName]) -> [BSONFields] { MongoQueries.queues(of: jobs) }

    /// How names are looked up that were used before, in `deletions`, for `explain`.
    package static func usedNamesPipeline(_ names: [JobName]) -> [BSONFields] { JobAdmission.usedNames(among: names) }

    /// The filters that the verbs use and what they sort by, by the name of their verb, for `explain`.
    package static func explainableQueries(
        jobs: [JobName], manager: ManagerID, after: Run
    ) -> [(verb: String, collection: String, filter: BSONFields, sort: BSONFields, index: String)] {
        let soon = (after.deadline ?? after.createdTime) + .seconds(60)
        let holder: BSONFields = ["managerId": .objectID(manager.value)]
        let unlocked: BSONFields = ["managerId": Guards.unlocked, "_id": ["$gt": "a"]]
        let slot: BSONFields = ["$or": .array(Self.keys(of: after))]
        return [
            ("unlockedJobs", CollectionName.jobs, unlocked, ["_id": 1], "manager"),
            ("jobs(lockedBy:)", CollectionName.jobs, holder, [:], "manager"),
            (
                "dueRuns", CollectionName.runs, MongoQueries.dueRuns(notAfter: soon, after: nil),
                ["deadline": 1, "_id": 1], "deadline"
            ),
            (
                "dueRuns, next page", CollectionName.runs, MongoQueries.dueRuns(notAfter: soon, after: after),
                ["deadline": 1, "_id": 1], "deadline"
            ),
            (
                "unsettledRuns", CollectionName.runs, MongoQueries.unsettledRuns(of: jobs, after: nil), ["_id": 1],
                "job_status_waiting"
            ),
            (
                "activeRuns", CollectionName.runs, MongoQueries.activeRuns(of: jobs, after: nil), ["_id": 1],
                "job_status_waiting"
            ),
            (
                "begunSlots", CollectionName.runs,
                MongoQueries.slots(from: jobs.map { (key: $0, value: after.createdTime) }), [:], "slot"
            ),
            (
                "activity", CollectionName.runs, MongoQueries.openRuns(of: jobs, waiting: false), [:],
                "job_status_waiting"
            ),
            (
                "oldest waiting run", CollectionName.runs, MongoQueries.openRuns(of: [jobs[0]], waiting: true),
                ["createdTime": 1, "_id": 1], "turn"
            ),
            ("insertOrAdopt", CollectionName.runs, slot, [:], "slot"),
        ]
    }
}
