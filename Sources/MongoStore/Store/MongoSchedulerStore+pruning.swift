// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoSchedulerStore {
    /// How many jobs go into one query.
    private static let jobsPerStep = 100

    package func pruneRuns(ofJobsAfter name: String?, limit: Int) async throws(StoreError) -> PrunedRuns {
        try await connection.run { client throws(StoreError) in
            let jobs = try client.find(
                in: CollectionName.jobs, ["_id": ["$gt": .string(name ?? "")], "retention": ["$gt": 0]],
                options: ["sort": ["_id": 1], "projection": ["retention": 1, "nextRunAt": 1]], limit: Self.jobsPerStep
            ) { PruningRule.decode($0) }
            guard let last = jobs.last else { return PrunedRuns(count: 0, position: nil) }
            let now = try client.serverTime()
            let found = try client.find(
                in: CollectionName.runs, ["$or": .array(jobs.map { .document($0.filter(now: now)) })],
                options: ["projection": ["_id": 1]], limit: limit
            ) { Self.runID($0) }
            var count = 0
            if !found.isEmpty {
                let ended = try BSONBuffer.encoded([
                    "_id": Guards.isOneOf(found), "status": Guards.isOneOf(RunStatus.ended),
                ])
                let report = try client.bulkWrite(to: CollectionName.runs) { bulk throws(StoreError) in
                    try bulk.deleteMany(ended)
                }
                count = report.removed
            }
            if found.count >= limit { return PrunedRuns(count: count, position: name ?? "") }
            return PrunedRuns(count: count, position: jobs.count < Self.jobsPerStep ? nil : last.name)
        }
    }

    private static func runID(_ reader: borrowing BSONReader) -> RunID? {
        while reader.next() {
            if reader.name == "_id", case .objectID(let id) = reader.value() { return RunID(id) }
        }
        return nil
    }
}
