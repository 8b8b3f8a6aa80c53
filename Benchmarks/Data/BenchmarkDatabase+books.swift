// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import Shared

/// What the books of a part say.
extension BenchmarkDatabase {
    /// How many slots must have a run: those that the jobs were moved past since they were armed, less the skipped ones,
    /// and those that were begun: one of a job, or more when it is late.
    ///
    /// A job that is disabled between the insert of a run and its own move to the next slot keeps the run: it is
    /// published, and adopted should the job be enabled again.
    func decidedSlots() async throws -> Int {
        let skipped: BSONValue = [
            "$sum": ["$map": ["input": ["$objectToArray": ["$ifNull": ["$skipped", [:]]]], "in": "$$this.v"]]
        ]
        let passed: BSONValue = [
            "$divide": [["$toLong": ["$subtract": ["$nextRunAt", "$firstSlot"]]], "$interval"]
        ]
        let atCursor: BSONValue = [
            "from": "runs", "localField": "_id", "foreignField": "jobName", "let": ["cursor": "$nextRunAt"],
            "pipeline": [["$match": ["$expr": ["$gte": ["$scheduledTime", "$$cursor"]]]]], "as": "begun",
        ]
        let slots: BSONValue = ["$add": [["$subtract": [passed, skipped]], ["$size": "$begun"]]]
        let total = try await value(
            of: [
                // The others were never armed.
                ["$match": ["index": ["$gte": 0], "firstSlot": ["$lt": .date(WallClock.now())]]], ["$lookup": atCursor],
                ["$group": ["_id": .null, "value": ["$sum": slots]]],
            ], in: "jobs")
        return Int((total ?? 0).rounded())
    }

    /// When the last confirm was noted, in ms since 1970.
    func lastConfirm() async throws -> Double? {
        try await value(of: [["$group": ["_id": .null, "value": ["$max": "$publishedAt"]]]], in: "runs")
    }

    /// How many runs have a date in `field` from `start` up to, not including, `end`.
    func runs(with field: String, from start: Timestamp, to end: Timestamp) async throws -> Int {
        let range: BSONValue = ["$gte": .date(start), "$lt": .date(end)]
        return try await count("runs", BSONFields([(field, range)]))
    }

    /// How many runs have no mark of a confirm.
    func unmarkedRuns() async throws -> Int {
        try await count("runs", ["publishedAt": .null])
    }

    /// How many runs are not completed.
    func uncompletedRuns() async throws -> Int {
        try await count("runs", ["status": ["$ne": "completed"]])
    }

    /// How many jobs somebody other than `manager` holds.
    func heldJobs(notBy manager: Identifier? = nil) async throws -> Int {
        var holder: BSONFields = ["$gt": .objectID(.zero)]
        holder.append("$ne", ifPresent: manager.map { .objectID($0) })
        return try await count("jobs", ["managerId": .document(holder)])
    }
}
