// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A job's definition, on its way to a document: the names of the API, with dates where JSON has texts.
enum JobDefinition {
    /// A new document, for a job that nobody has locked.
    static func document(of job: Job, creation: ObjectID) -> BSONFields {
        var fields: BSONFields = ["_id": .string(job.name.text)]
        for (name, value) in job.jsonFields { fields.append(name, bson(name, value, job)) }
        fields.append(LabelPairs.field, ifPresent: LabelPairs.value(of: job.labels))
        fields.append("creation", .objectID(creation))
        return fields
    }

    /// What an edit sets and what it removes, with the edition raised.
    static func change(of edit: JobEdit) -> BSONFields {
        var set: BSONFields = [:]
        var left = edit.changed
        for (name, value) in edit.after.jsonFields where left.remove(name) != nil {
            set.append(name, bson(name, value, edit.after))
        }
        if edit.changed.contains("labels") {
            let pairs = LabelPairs.value(of: edit.after.labels)
            if let pairs { set.append(LabelPairs.field, pairs) } else { left.insert(LabelPairs.field) }
        }
        var change: BSONFields = ["$inc": ["edition": .int64(1)]]
        if !set.isEmpty { change.append("$set", .document(set)) }
        if !left.isEmpty { change.append("$unset", .document(BSONFields(left.sorted().map { ($0, 1) }))) }
        return change
    }

    /// The job as it was read: its edition, and the plain values among the fields that the edit writes.
    ///
    /// Objects are left to the edition: their equality in the database depends on the order of their fields.
    static func guards(of edit: JobEdit) -> BSONFields {
        var filter: BSONFields = [
            "_id": .string(edit.before.name.text), "edition": Guards.equal(edit.before.edition, missing: 0),
        ]
        for name in edit.changed.sorted() {
            switch edit.before.fields[name] {
            case nil: filter.append(name, Guards.absent)
            case .date(let time)?: filter.append(name, .date(time))
            case .json(.object)?, .json(.array)?, .other?: break
            case .json(let value)?: if name != "payload" { filter.append(name, .json(value)) }
            }
        }
        return filter
    }

    private static func bson(_ name: String, _ value: JSONValue, _ job: Job) -> BSONValue {
        switch name {
        case "nextRunAt": job.nextRunAt.map { .date($0) } ?? .null
        case "startAt": job.startAt.map { .date($0) } ?? .null
        case "endAt": job.endAt.map { .date($0) } ?? .null
        default: .json(value)
        }
    }
}
