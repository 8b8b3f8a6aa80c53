// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The filters and pipelines whose index the tests check.
enum MongoQueries {
    static func dueRuns(notAfter time: Timestamp, after: Run?) -> BSONFields {
        guard let after, let deadline = after.deadline else { return ["deadline": ["$lte": .date(time)]] }
        return [
            "$or": [
                ["deadline": ["$gt": .date(deadline), "$lte": .date(time)]],
                [
                    "deadline": ["$eq": .date(deadline), "$lte": .date(time)],
                    "_id": ["$gt": .objectID(after.id.objectID)],
                ],
            ]
        ]
    }

    static func unsettledRuns(of jobs: [JobName], after: RunID?) -> BSONFields {
        var filter = activeRuns(of: jobs, after: after)
        filter.append("$nor", [["waiting": true, "retired": ["$ne": true]]])
        filter.append("$or", [["deadline": .null], ["publishedAt": .null]])
        return filter
    }

    static func activeRuns(of jobs: [JobName], after: RunID?) -> BSONFields {
        var filter: BSONFields = ["jobName": Guards.isOneOf(jobs), "status": Guards.isOneOf(RunStatus.active)]
        filter.append("_id", ifPresent: after.map { ["$gt": .objectID($0.objectID)] })
        return filter
    }

    static func slots(from cursors: some Sequence<(key: JobName, value: Timestamp)>) -> BSONFields {
        let alternatives: [BSONValue] = cursors.map { name, cursor in
            [
                "jobName": .string(name.text), "trigger": .string(RunTrigger.schedule.rawValue),
                "scheduledTime": ["$gte": .date(cursor)],
            ]
        }
        return ["$or": .array(alternatives)]
    }

    /// Counts per job, with what orders the waiting runs of the first of them, and then that run itself.
    static func activity(of jobs: [JobName]) -> [BSONFields] {
        let isWaiting: BSONValue = ["$eq": ["$waiting", true]]
        let isBackingOff: BSONValue = ["$eq": [["$type": "$retryAt"], "date"]]
        // As `Run.isUnseen` has it for a run that waits.
        let isUnseen: BSONValue = [
            "$or": [
                isBackingOff,
                [
                    "$lte": [
                        ["$ifNull": ["$revision", 0]],
                        ["$cond": [["$eq": ["$trigger", .string(RunTrigger.manual.rawValue)]], 1, 0]],
                    ]
                ],
            ]
        ]
        let place: BSONValue = ["unseen": isUnseen, "created": "$createdTime", "id": "$_id"]
        return [
            [
                "$match": [
                    "jobName": Guards.isOneOf(jobs), "status": Guards.isOneOf(RunStatus.active),
                    "retired": ["$ne": true],
                ]
            ],
            [
                "$group": [
                    "_id": "$jobName",
                    "active": ["$sum": ["$cond": [["$or": [isWaiting, isBackingOff]], 0, 1]]],
                    "waiting": ["$sum": ["$cond": [isWaiting, 1, 0]]],
                    "pending": [
                        "$sum": ["$cond": [["$eq": ["$status", .string(RunStatus.pending.rawValue)]], 1, 0]]
                    ],
                    "oldest": ["$min": ["$cond": [isWaiting, place, .null]]],
                ]
            ],
            [
                "$lookup": [
                    "from": .string(CollectionName.runs), "localField": "oldest.id", "foreignField": "_id",
                    "as": "oldest",
                ]
            ],
        ]
    }

    /// The waiting runs of one job, oldest first.
    static func waitingRuns(of job: JobName) -> BSONFields {
        [
            "jobName": .string(job.text), "status": Guards.isOneOf(RunStatus.active), "waiting": true,
            "retired": ["$ne": true],
        ]
    }
}
