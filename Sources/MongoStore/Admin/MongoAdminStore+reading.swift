// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The request to read one job.
struct JobReading: Sendable {
    let name: JobName
    /// Whether the definition's fields are wanted as they stand in the document.
    let withFields: Bool
}

extension MongoAdminStore {
    /// Reads the jobs of several callers by one query.
    static func read(_ client: MongoClient, _ readings: [JobReading]) throws(StoreError) -> [JobRecord?] {
        let withFields = readings.contains(where: \.withFields)
        let names = Set(readings.map(\.name))
        // One more than there can be: so the server knows at once that there are no more.
        let records = try client.find(
            in: CollectionName.jobs, ["_id": Guards.isOneOf(names)], options: ["projection": JobDocument.projection],
            limit: names.count + 1
        ) { JobDocument.record($0, withFields: withFields) }
        let found = Dictionary(records.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        return readings.map { found[$0.name] }
    }
}
