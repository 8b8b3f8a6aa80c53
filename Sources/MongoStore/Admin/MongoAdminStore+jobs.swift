// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoAdminStore {
    package func create(_ job: Job) async throws(StoreError) -> Bool {
        try await connection.run { client throws(StoreError) in
            let epoch = try Self.clearTheGround(for: job.name, client)
            let document = try BSONBuffer.encoded(JobDefinition.document(of: job, lockEpoch: epoch))
            let report = try client.bulkWrite(to: CollectionName.jobs) { bulk throws(StoreError) in
                try bulk.insert(document)
            }
            guard let failure = report.failures[0] else { return true }
            guard failure.code == WriteFailure.duplicateKeyCode else { throw StoreError(.rejected, failure.reason) }
            return false
        }
    }

    package func job(named name: JobName, withFields: Bool) async throws(StoreError) -> JobRecord? {
        try await connection.run { client throws(StoreError) in
            try client.find(
                in: CollectionName.jobs, ["_id": .string(name.text)],
                options: ["projection": JobDocument.projection], limit: 1
            ) { JobRecordDocument.decode($0, withFields: withFields) }.first
        }
    }

    package func jobs(
        after name: JobName?, labels: [String: String], limit: Int
    ) async throws(StoreError) -> Page<JobRecord> {
        try await connection.run { client throws(StoreError) in
            var room = PageRoom(limit: limit)
            let records = try client.find(
                in: CollectionName.jobs, Self.filter(after: name, labels: labels),
                options: ["sort": ["_id": 1], "projection": JobDocument.projection], limit: limit + 1,
                isEnough: { room.isFull }
            ) { reader -> JobRecord? in
                guard let record = JobRecordDocument.decode(reader), record.job != nil else { return nil }
                room.take(reader.byteCount)
                return record
            }
            return room.page(records)
        }
    }

    package func apply(_ edit: JobEdit) async throws(StoreError) -> Bool {
        try await connection.run { client throws(StoreError) in
            let filter = try BSONBuffer.encoded(JobDefinition.guards(of: edit))
            let change = try BSONBuffer.encoded(JobDefinition.change(of: edit))
            let report = try client.bulkWrite(to: CollectionName.jobs) { bulk throws(StoreError) in
                try bulk.updateOne(filter, change)
            }
            if let failure = report.failures[0] { throw StoreError(.rejected, failure.reason) }
            return report.matched == 1
        }
    }

    /// The filter of a list; labels are plain keys by the rule of `JobLabel`, never paths or operators.
    static func filter(after name: JobName?, labels: [String: String]) -> BSONFields {
        var filter: BSONFields = ["_id": name.map { ["$gt": .string($0.text)] } ?? ["$gte": ""]]
        for (key, value) in labels.sorted(by: { $0.key < $1.key }) where JobLabel.isKey(key) {
            filter.append("labels.\(key)", ["$eq": .string(value)])
        }
        return filter
    }

    /// Cuts off what a deleted job of this name has left, so that it stands in nobody's way.
    ///
    /// The epoch that it returns is higher than that of any owner who may still be at work for that job; 0 when there never
    /// was one.
    private static func clearTheGround(for name: JobName, _ client: MongoClient) throws(StoreError) -> Int64 {
        let key: BSONValue = .string(name.text)
        let isNoted = try !client.find(
            in: CollectionName.deletions, ["_id": key], options: ["projection": ["_id": 1]], limit: 1
        ) { _ in true }.isEmpty
        let hasRuns = try !client.find(
            in: CollectionName.runs, ["jobName": key], options: ["projection": ["_id": 1]], limit: 1
        ) { _ in true }.isEmpty
        // A job that is there keeps its runs: the insert that follows will be refused.
        guard isNoted || hasRuns, try !exists(key, client) else { return 0 }
        return try MongoSchedulerStore.releaseSlots(of: name, client)
    }

    private static func exists(_ key: BSONValue, _ client: MongoClient) throws(StoreError) -> Bool {
        try !client.find(in: CollectionName.jobs, ["_id": key], options: ["projection": ["_id": 1]], limit: 1) { _ in
            true
        }.isEmpty
    }
}
