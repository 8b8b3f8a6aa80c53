// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The filters and pipelines whose index the tests check.
enum MongoQueries {
    /// What lies before all times is read as none, and could not be gone on from.
    static func dueRuns(notAfter time: Timestamp, after: Run?) -> BSONFields {
        guard let after, let deadline = after.deadline else {
            return ["deadline": ["$gte": .date(.earliest), "$lte": .date(time)]]
        }
        return [
            "$or": [
                ["deadline": ["$gt": .date(deadline), "$lte": .date(time)]],
                [
                    "deadline": ["$eq": .date(deadline), "$lte": .date(time)],
                    "_id": ["$gt": .objectID(after.id.value)],
                ],
            ]
        ]
    }

    static func unsettledRuns(of jobs: [JobName], after: RunID?) -> BSONFields {
        var filter = activeRuns(of: jobs, after: after)
        filter.append("$nor", [["waiting": true, "retired": ["$ne": true]]])
        // Whatever is read as no deadline.
        filter.append("$or", [["deadline": ["$not": ["$gte": .date(.earliest)]]], ["publishedAt": .null]])
        return filter
    }

    static func activeRuns(of jobs: [JobName], after: RunID?) -> BSONFields {
        var filter: BSONFields = ["jobName": Guards.isOneOf(jobs), "status": Guards.isOneOf(RunStatus.active)]
        filter.append("_id", ifPresent: after.map { ["$gt": .objectID($0.value)] })
        return filter
    }

    /// The names of the pools that have runs which are not ended, as a command; the server goes from name to name in the index.
    static var poolsInUse: BSONFields {
        [
            "distinct": .string(CollectionName.runs), "key": "workers",
            "query": ["workers": ["$gt": ""], "status": Guards.isOneOf(RunStatus.active)],
        ]
    }

    static func ownRuns(of jobs: [JobName]) -> BSONFields {
        var filter = activeRuns(of: jobs, after: nil)
        filter.append(
            "$or", [["workers": ""], ["workers": .null, "publishedAt": ["$type": "date"], "byHTTP": ["$ne": true]]])
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

    /// Open runs of these jobs, either those that wait for their turn or all others.
    static func openRuns(of jobs: [JobName], waiting: Bool) -> BSONFields {
        var filter = activeRuns(of: jobs, after: nil)
        filter.append("waiting", waiting ? true : ["$ne": true])
        filter.append("retired", ["$ne": true])
        return filter
    }

    /// Per job: how many runs are active, and how many of those that do not wait for their turn are pending.
    static func activity(of jobs: [JobName]) -> [BSONFields] {
        [
            ["$match": .document(openRuns(of: jobs, waiting: false))],
            [
                "$group": [
                    "_id": "$jobName", "active": ["$sum": ["$cond": [Self.isBackingOff, 0, 1]]],
                    "pending": [
                        "$sum": ["$cond": [["$eq": ["$status", .string(RunStatus.pending.rawValue)]], 1, 0]]
                    ],
                ]
            ],
        ]
    }

    /// Per job: how many runs wait for their turn, and the first of them; all but that run itself is in the index `turn`.
    static func queues(of jobs: [JobName]) -> [BSONFields] {
        // As `Run.isUnseen` has it for a run that waits.
        let isUnseen: BSONValue = [
            "$or": [
                Self.isBackingOff,
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
            ["$match": .document(openRuns(of: jobs, waiting: true))],
            ["$group": ["_id": "$jobName", "waiting": ["$sum": 1], "oldest": ["$min": place]]],
            [
                "$lookup": [
                    "from": .string(CollectionName.runs), "localField": "oldest.id", "foreignField": "_id",
                    "as": "oldest",
                ]
            ],
        ]
    }

    private static var isBackingOff: BSONValue { ["$eq": [["$type": "$retryAt"], "date"]] }
}

/// The collections (docs/database.md).
enum CollectionName {
    static let jobs = "jobs"
    static let runs = "runs"
    static let managers = "managers"
    static let deletions = "deletions"
    static let idempotency = "idempotency"
    /// Has one document: what callback addresses are made with.
    static let keys = "keys"
    /// Has one document, while the database is being filled.
    static let intake = "promotion"
    /// Those with data.
    static let all = [jobs, runs, managers, deletions, idempotency]
}
