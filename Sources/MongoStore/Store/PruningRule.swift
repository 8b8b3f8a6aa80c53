// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

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
