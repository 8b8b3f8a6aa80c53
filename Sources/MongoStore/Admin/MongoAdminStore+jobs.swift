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
            // Left to itself, the server may go by the wildcard index, in which keys with dots are not: it finds nothing then.
            let hasDots = labels.keys.contains { $0.contains(".") }
            return try client.page(
                of: CollectionName.jobs, Self.filter(after: name, labels: labels),
                options: ["sort": ["_id": 1], "projection": JobDocument.projection],
                index: hasDots ? LabelPairs.index : nil, orElse: "_id_", limit: limit
            ) { reader -> JobRecord? in
                guard let record = JobDocument.record(reader), record.job != nil else { return nil }
                return record
            }
        }
    }

    package func apply(_ edit: JobEdit) async throws(StoreError) -> Bool {
        try await connection.run { client throws(StoreError) in
            let now = edit.before.faults.isEmpty ? .earliest : try client.serverTime()
            // Somebody may have made something else of the record of skips: it begins anew.
            for beginsSkips in edit.skips.isEmpty ? [false] : [false, true] {
                let report = try client.updateOne(
                    in: CollectionName.jobs, JobDefinition.guards(of: edit),
                    JobDefinition.change(of: edit, beginsSkips: beginsSkips, now: now))
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
