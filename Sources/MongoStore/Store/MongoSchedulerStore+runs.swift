// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoSchedulerStore {
    package func runs(_ ids: [RunID]) async throws(StoreError) -> [Run] {
        guard !ids.isEmpty else { return [] }
        return try await connection.run { [unreadableRuns] client throws(StoreError) in
            try Self.runs(ids, client, unreadableRuns)
        }
    }

    package func dueRuns(notAfter time: Timestamp, after: Run?, limit: Int) async throws(StoreError) -> [Run] {
        try await connection.run { [unreadableRuns] client throws(StoreError) in
            try client.find(
                in: CollectionName.runs, MongoQueries.dueRuns(notAfter: time, after: after),
                options: ["sort": ["deadline": 1, "_id": 1]], limit: limit
            ) { RunDocument.decode($0, unreadable: unreadableRuns) }
        }
    }

    package func unsettledRuns(
        of jobs: [JobName], after: RunID?, limit: Int
    ) async throws(StoreError) -> [Run] {
        guard !jobs.isEmpty else { return [] }
        return try await pageByID(MongoQueries.unsettledRuns(of: jobs, after: after), limit: limit)
    }

    package func activeRuns(of jobs: [JobName], after: RunID?, limit: Int) async throws(StoreError) -> [Run] {
        guard !jobs.isEmpty else { return [] }
        return try await pageByID(MongoQueries.activeRuns(of: jobs, after: after), limit: limit)
    }

    package func poolsInUse() async throws(StoreError) -> Set<PoolName> {
        try await connection.run { client throws(StoreError) in
            var command = MongoQueries.poolsInUse
            command.append("maxTimeMS", .int32(MongoClient.maximumReadMilliseconds))
            guard case .array(let names) = try client.read(command)["values"] else { return [] }
            return Set(names.compactMap { if case .string(let text) = $0 { try? PoolName(text) } else { nil } })
        }
    }

    package func jobsWithOwnWorkers(among jobs: [JobName]) async throws(StoreError) -> Set<JobName> {
        guard !jobs.isEmpty else { return [] }
        return try await connection.run { client throws(StoreError) in
            let names = try client.aggregate(
                [["$match": .document(MongoQueries.ownRuns(of: jobs))], ["$group": ["_id": "$jobName"]]],
                in: CollectionName.runs
            ) { reader -> JobName? in
                var name: JobName?
                while reader.next() {
                    if reader.name == "_id", case .string(let text) = reader.value() { name = try? JobName(text) }
                }
                return name
            }
            return Set(names)
        }
    }

    private func pageByID(_ filter: BSONFields, limit: Int) async throws(StoreError) -> [Run] {
        try await connection.run { [unreadableRuns] client throws(StoreError) in
            try client.find(
                in: CollectionName.runs, filter, options: ["sort": ["_id": 1]], limit: limit
            ) { RunDocument.decode($0, unreadable: unreadableRuns) }
        }
    }

    static func runs(
        _ ids: [RunID], _ client: MongoClient, _ unreadable: UnreadableRuns
    ) throws(StoreError) -> [Run] {
        var runs: [Run] = []
        for chunk in ids.chunks(of: 1000) {
            runs += try client.find(in: CollectionName.runs, ["_id": Guards.isOneOf(chunk)]) {
                RunDocument.decode($0, unreadable: unreadable)
            }
        }
        return runs
    }
}
