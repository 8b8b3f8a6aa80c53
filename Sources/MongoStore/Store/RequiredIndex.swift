// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// An index that the queries, or the rules, rely on (docs/database.md).
///
/// All programs make all of them, so that it does not matter which comes first.
struct RequiredIndex: Sendable {
    let collection: String
    let name: String
    let key: BSONFields
    var isUnique = false
    var partialFilter: BSONFields?
    var expireAfter: Int32?

    /// All of them.
    static let all = [
        // One slot of one job has at most one run; runs that somebody asked for, and those of the Go program, are free.
        RequiredIndex(
            collection: CollectionName.runs, name: "slot", key: ["jobName": 1, "scheduledTime": 1], isUnique: true,
            partialFilter: ["trigger": "schedule"]),
        RequiredIndex(
            collection: CollectionName.runs, name: "job_status_waiting",
            key: ["jobName": 1, "status": 1, "waiting": 1, "createdTime": 1]),
        // All that orders and counts waiting runs, so that no long queue is read to find whose turn it is.
        RequiredIndex(
            collection: CollectionName.runs, name: "turn",
            key: [
                "jobName": 1, "status": 1, "waiting": 1, "retired": 1, "createdTime": 1, "revision": 1, "trigger": 1,
                "retryAt": 1, "_id": 1,
            ],
            partialFilter: ["waiting": true]),
        RequiredIndex(
            collection: CollectionName.runs, name: "deadline", key: ["deadline": 1, "_id": 1],
            partialFilter: ["deadline": ["$exists": true]]),
        // Which pools have runs, without a look at the runs.
        RequiredIndex(
            collection: CollectionName.runs, name: "pool", key: ["workers": 1, "status": 1],
            partialFilter: ["workers": ["$gt": ""]]),
        // What the lists of the API go by, newest first.
        RequiredIndex(
            collection: CollectionName.runs, name: "job_status_id", key: ["jobName": 1, "status": 1, "_id": -1]),
        RequiredIndex(collection: CollectionName.runs, name: "status_id", key: ["status": 1, "_id": -1]),
        RequiredIndex(collection: CollectionName.jobs, name: "manager", key: ["managerId": 1, "_id": 1]),
        // Keys without a dot by the first, which the server keeps up to date whoever writes; the others by the second.
        RequiredIndex(collection: CollectionName.jobs, name: "labels", key: ["labels.$**": 1]),
        RequiredIndex(
            collection: CollectionName.jobs, name: LabelPairs.index, key: ["labelPairs": 1, "_id": 1],
            partialFilter: ["labels": ["$exists": true]]),
        RequiredIndex(
            collection: CollectionName.idempotency, name: "expiry", key: ["createdAt": 1], expireAfter: 86_400),
        RequiredIndex(collection: CollectionName.idempotency, name: "job", key: ["jobName": 1]),
    ]

    /// As `createIndexes` takes it.
    var specification: BSONFields {
        var fields: BSONFields = ["name": .string(name), "key": .document(key)]
        if isUnique { fields.append("unique", true) }
        fields.append("partialFilterExpression", ifPresent: partialFilter.map { .document($0) })
        fields.append("expireAfterSeconds", ifPresent: expireAfter.map { .int32($0) })
        return fields
    }

    /// Makes those that are missing.
    static func createAll(_ client: MongoClient) throws(StoreError) {
        for index in all { try index.create(client) }
    }

    /// Does nothing when the same index is there; the server compares key and options.
    private func create(_ client: MongoClient) throws(StoreError) {
        do {
            _ = try client.write(["createIndexes": .string(collection), "indexes": [.document(specification)]])
        } catch {
            switch error.code {
            case 85, 86:
                throw StoreError(
                    .rejected,
                    """
                    the collection \(collection) has another index in the place of \(name); drop that one \
                    (see docs/database.md) and start again
                    """)
            case 11000:
                throw StoreError(
                    .rejected,
                    """
                    the collection \(collection) holds documents that the unique index \(name) forbids: \
                    two runs of one slot; remove all but one of each and start again
                    """)
            default: throw error.storeError
            }
        }
    }
}
