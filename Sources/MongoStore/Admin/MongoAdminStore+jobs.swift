// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoAdminStore {
    package func job(named name: JobName, withFields: Bool) async throws(StoreError) -> JobRecord? {
        try await readings.run(JobReading(name: name, withFields: withFields))
    }

    package func jobs(
        after name: JobName?, labels: [String: String], limit: Int
    ) async throws(StoreError) -> Page<JobRecord> {
        try await connection.run { client throws(StoreError) in
            func page(_ hint: String?) throws(StoreError) -> Page<JobRecord> {
                var room = PageRoom(limit: limit)
                var options: BSONFields = ["sort": ["_id": 1], "projection": JobDocument.projection]
                options.append("hint", ifPresent: hint.map { .string($0) })
                let records = try client.find(
                    in: CollectionName.jobs, Self.filter(after: name, labels: labels), options: options,
                    limit: limit + 1, isEnough: { room.isFull }
                ) { reader -> JobRecord? in
                    guard let record = JobDocument.record(reader), record.job != nil else { return nil }
                    room.take(reader.byteCount)
                    return record
                }
                return room.page(records)
            }
            // Left to itself, the server may go by the wildcard index, in which keys with dots are not: it finds nothing then.
            guard labels.keys.contains(where: { $0.contains(".") }) else { return try page(nil) }
            do throws(StoreError) {
                return try page(LabelPairs.index)
            } catch {
                // The index may be gone: slower is better than not at all.
                guard error.code == .rejected else { throw error }
                return try page("_id_")
            }
        }
    }

    package func apply(_ edit: JobEdit) async throws(StoreError) -> Bool {
        try await connection.run { client throws(StoreError) in
            let filter = try BSONBuffer.encoded(JobDefinition.guards(of: edit))
            let now = edit.before.faults.isEmpty ? .earliest : try client.serverTime()
            // Somebody may have made something else of the record of skips: it begins anew.
            for beginsSkips in edit.skips.isEmpty ? [false] : [false, true] {
                let change = try BSONBuffer.encoded(
                    JobDefinition.change(of: edit, beginsSkips: beginsSkips, now: now))
                let report = try client.bulkWrite(to: CollectionName.jobs) { bulk throws(StoreError) in
                    try bulk.updateOne(filter, change)
                }
                guard let failure = report.failures[0] else { return report.matched == 1 }
                if beginsSkips || edit.skips.isEmpty { throw StoreError(.rejected, failure.reason) }
            }
            return false
        }
    }

    /// The filter of a list; keys of labels are those of `JobLabel`, never paths or operators.
    static func filter(after name: JobName?, labels: [String: String]) -> BSONFields {
        var filter: BSONFields = ["_id": name.map { ["$gt": .string($0.text)] } ?? ["$gte": ""]]
        let known = labels.filter { JobLabel.isKey($0.key) }
        for (key, value) in known.sorted(by: { $0.key < $1.key }) where !key.contains(".") {
            filter.append("labels.\(key)", ["$eq": .string(value)])
        }
        LabelPairs.append(known.filter { $0.key.contains(".") }, to: &filter)
        return filter
    }
}
