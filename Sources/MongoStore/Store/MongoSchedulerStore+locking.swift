// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoSchedulerStore {
    package func lock(_ names: [JobName], for manager: ManagerID) async throws(StoreError) -> [OwnedJob] {
        guard !names.isEmpty else { return [] }
        return try await connection.run { client throws(StoreError) in
            let update = try BSONBuffer.encoded(pipeline: Self.lockSteps(for: manager))
            let chunks = names.chunks(of: Self.chunkSize)
            var admitted: [[BSONValue]] = []
            for chunk in chunks { admitted.append(try JobAdmission(client).admit(chunk).map { .objectID($0) }) }
            _ = try client.bulkWrite(to: CollectionName.jobs) { bulk throws(StoreError) in
                for (chunk, creations) in zip(chunks, admitted) {
                    let filter = try BSONBuffer.encoded([
                        "_id": Guards.isOneOf(chunk), "managerId": Guards.unlocked,
                        "$or": [["creation": .null], ["creation": ["$in": .array(creations)]]],
                    ])
                    try bulk.updateMany(filter, update)
                }
            }
            var owned: [OwnedJob] = []
            for chunk in chunks {
                owned += try client.find(
                    in: CollectionName.jobs,
                    ["_id": Guards.isOneOf(chunk), "managerId": .objectID(manager.value)],
                    options: ["projection": JobDocument.projection]
                ) { reader in
                    guard case .valid(let job) = JobDocument.owned(reader, atLock: true) else { return nil }
                    return job
                }
            }
            return owned
        }
    }

    package func disable(_ name: JobName, lockEpoch: Int64) async throws(StoreError) -> Bool {
        try await connection.run { client throws(StoreError) in
            let enabled: BSONFields = ["_id": .string(name.text), "enabled": true, "lockEpoch": .int64(lockEpoch)]
            return try client.updateMany(in: CollectionName.jobs, enabled, ["$set": ["enabled": false]]).modified > 0
        }
    }

    package func remove(_ jobs: [OwnedJob], onlyIfDone: Bool) async throws(StoreError) -> Set<JobName> {
        try await connection.run { client throws(StoreError) in
            var removed: Set<JobName> = []
            for owned in jobs {
                var filter: BSONFields = [
                    "_id": .string(owned.job.name.text), "lockEpoch": Guards.equal(owned.lockEpoch, missing: 0),
                ]
                if onlyIfDone {
                    guard try !Self.hasOpenRuns(owned.job.name, client) else { continue }
                    filter.append("nextRunAt", Guards.noDate)
                }
                if try client.deleteOne(in: CollectionName.jobs, filter).removed > 0 { removed.insert(owned.job.name) }
            }
            return removed
        }
    }

    private static func hasOpenRuns(_ name: JobName, _ client: MongoClient) throws(StoreError) -> Bool {
        // First by the slot: in that index a run stays in its place, whatever becomes of it, so none is passed over.
        var scheduled = MongoQueries.activeRuns(of: [name], after: nil)
        scheduled.append("trigger", .string(RunTrigger.schedule.rawValue))
        let options: BSONFields = ["projection": ["_id": 1], "hint": "slot"]
        let found = try client.find(in: CollectionName.runs, scheduled, options: options, limit: 1) { _ in true }
        if !found.isEmpty { return true }
        return try !client.find(
            in: CollectionName.runs, MongoQueries.activeRuns(of: [name], after: nil),
            options: ["projection": ["_id": 1]], limit: 1
        ) { _ in true }.isEmpty
    }

    package func release(_ manager: ManagerID) async throws(StoreError) -> Int {
        try await connection.run { client throws(StoreError) in
            let held: BSONFields = ["managerId": .objectID(manager.value)]
            let unlock: BSONFields = ["$unset": ["managerId": 1, "heartbeat": 1]]
            let report = try client.updateMany(in: CollectionName.jobs, held, unlock)
            let lease: BSONFields = ["_id": .objectID(manager.value)]
            try client.deleteOne(in: CollectionName.managers, lease)
            return report.modified
        }
    }

    /// Takes an unlocked job: raises the epoch and keeps what the lock found, so that a repeated call can still tell.
    private static func lockSteps(for manager: ManagerID) -> [BSONFields] {
        [
            [
                "$set": [
                    "managerId": .objectID(manager.value),
                    "lockEpoch": ["$add": [["$ifNull": ["$lockEpoch", .int64(0)]], .int64(1)]],
                    "lockedAfterLoss": ["$cond": [["$eq": [["$type": "$ownerLostAt"], "date"]], true, "$$REMOVE"]],
                ]
            ],
            ["$unset": ["heartbeat", "ownerLostAt", "creation"]],
        ]
    }
}
