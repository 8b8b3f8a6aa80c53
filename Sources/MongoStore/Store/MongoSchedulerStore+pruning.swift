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
                let ended: BSONFields = [
                    "_id": Guards.isOneOf(found), "status": Guards.isOneOf(RunStatus.ended),
                ]
                let report = try client.deleteMany(in: CollectionName.runs, ended)
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

/// Which runs of a job its retention lets go.
struct PruningRule {
    let name: String
    private let retention: Duration
    private let nextRunAt: Timestamp?

    /// Reads a job; one whose retention is no whole number keeps its runs.
    static func decode(_ reader: borrowing BSONReader) -> PruningRule? {
        var name: String?
        var retention: Int64?
        var nextRunAt: Timestamp?
        while reader.next() {
            switch (reader.name, reader.value()) {
            case ("_id", .string(let text)): name = text
            case ("retention", let value): retention = value.wholeNumber
            case ("nextRunAt", .date(let time)): nextRunAt = time
            default: break
            }
        }
        guard let name else { return nil }
        let known = retention.flatMap { (1...JobField.longestSpan).contains($0) ? $0 : nil }
        return PruningRule(
            name: name, retention: .milliseconds(known ?? JobField.longestSpan), nextRunAt: nextRunAt)
    }

    /// The runs that may go at `now`.
    ///
    /// By the index over job, status, waiting and creation, for nothing ends before it is made. Nothing that has ended should
    /// be marked as waiting; it goes, too, if it is.
    func filter(now: Timestamp) -> BSONFields {
        let limit = BSONValue.date(now - retention)
        var filter: BSONFields = [
            "jobName": .string(name), "status": Guards.isOneOf(RunStatus.ended), "waiting": ["$in": [.null, true]],
            "createdTime": ["$lte": limit],
            "endTime": ["$gte": .date(.earliest), "$lte": limit],
        ]
        if let nextRunAt {
            filter.append("$or", [["scheduledTime": .null], ["scheduledTime": ["$lt": .date(nextRunAt)]]])
        }
        return filter
    }
}
