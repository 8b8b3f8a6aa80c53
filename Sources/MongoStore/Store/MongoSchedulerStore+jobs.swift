// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoSchedulerStore {
    /// How many names go into one filter.
    static let chunkSize = 500
    /// For how many jobs one read of all makes the index of their labels good; the next one goes on.
    private static let mostMended = 2_000

    package func unlockedJobs(after name: String?, limit: Int) async throws(StoreError) -> [StoredJob] {
        try await connection.run { client throws(StoreError) in
            let options: BSONFields = ["sort": ["_id": 1], "projection": JobDocument.projection]
            // Keys that are texts, whatever follows: the others cannot be paged by name.
            let position: BSONValue = name.map { ["$gt": .string($0)] } ?? ["$gte": ""]
            var jobs = try client.find(
                in: CollectionName.jobs, ["managerId": Guards.unlocked, "_id": position], options: options, limit: limit
            ) { JobDocument.owned($0) }
            if name == nil, jobs.count < limit {
                jobs += try client.find(
                    in: CollectionName.jobs,
                    ["managerId": Guards.unlocked, "_id": ["$not": ["$type": "string"]]],
                    options: options, limit: limit - jobs.count
                ) { JobDocument.owned($0) }
            }
            return jobs
        }
    }

    package func jobs(lockedBy manager: ManagerID) async throws(StoreError) -> [StoredJob] {
        try await connection.run { [decodedJobs] client throws(StoreError) in
            let read = decodedJobs.begin()
            let jobs = try client.find(
                in: CollectionName.jobs, ["managerId": .objectID(manager.value)],
                options: ["projection": JobDocument.projection]
            ) { decodedJobs.job($0, in: read) }
            // Labels that were edited by hand, or before there was an index for them.
            let stale = decodedJobs.end(read)
            if !stale.isEmpty { try LabelPairs.mend(Array(stale.prefix(Self.mostMended)), client) }
            return jobs
        }
    }

    package func jobs(named names: [JobName]) async throws(StoreError) -> [StoredJob] {
        guard !names.isEmpty else { return [] }
        return try await connection.run { client throws(StoreError) in
            var jobs: [StoredJob] = []
            for chunk in names.chunks(of: Self.chunkSize) {
                jobs += try client.find(
                    in: CollectionName.jobs, ["_id": Guards.isOneOf(chunk)],
                    options: ["projection": JobDocument.projection]
                ) { JobDocument.owned($0) }
            }
            return jobs
        }
    }
}
