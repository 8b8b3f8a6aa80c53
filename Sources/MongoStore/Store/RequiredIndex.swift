// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// An index that the queries, or the rules, rely on (docs/database.md).
struct RequiredIndex: Sendable {
    let collection: String
    let name: String
    let key: BSONFields
    var isUnique = false
    var partialFilter: BSONFields?

    /// All of them.
    static let all = [
        // One slot of one job has at most one run; runs that somebody asked for, and those of the Go program, are free.
        RequiredIndex(
            collection: CollectionName.runs, name: "slot", key: ["jobName": 1, "scheduledTime": 1], isUnique: true,
            partialFilter: ["trigger": "schedule"]),
        RequiredIndex(
            collection: CollectionName.runs, name: "job_status_created",
            key: ["jobName": 1, "status": 1, "createdTime": 1]),
        RequiredIndex(
            collection: CollectionName.runs, name: "deadline", key: ["deadline": 1, "_id": 1],
            partialFilter: ["deadline": ["$exists": true]]),
        RequiredIndex(collection: CollectionName.jobs, name: "manager", key: ["managerId": 1, "_id": 1]),
    ]

    /// As `createIndexes` takes it.
    var specification: BSONFields {
        var fields: BSONFields = ["name": .string(name), "key": .document(key)]
        if isUnique { fields.append("unique", true) }
        fields.append("partialFilterExpression", ifPresent: partialFilter.map { .document($0) })
        return fields
    }
}
