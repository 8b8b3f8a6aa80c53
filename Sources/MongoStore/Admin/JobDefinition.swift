// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A job's definition, on its way to a document: the names of the API, with dates where JSON has texts.
enum JobDefinition {
    /// A new document, for a job that nobody has locked.
    static func document(of job: Job, creation: Identifier) -> BSONFields {
        var fields: BSONFields = ["_id": .string(job.name.text)]
        for (field, value) in job.storedFields { fields.append(field.rawValue, bson(field, value, job)) }
        fields.append(JobDialect.field, ifPresent: job.dialect.map { .json($0.storedJSON) })
        fields.append(LabelPairs.field, ifPresent: LabelPairs.value(of: job.labels))
        AnchoredSlot.add(job, to: &fields)
        fields.append("creation", .objectID(creation))
        return fields
    }

    /// What an edit sets and what it removes, with the edition raised and what is ours repaired, where it is faulty.
    ///
    /// `beginsSkips` begins the record of skips with those of the edit.
    static func change(of edit: JobEdit, beginsSkips: Bool, now: Timestamp) -> BSONFields {
        var (set, unset) = JobInternals.repair(of: edit.before.faults, now: now)
        set.append("edition", .int64(edit.before.edition + 1))
        var left = edit.changed
        for (field, value) in edit.after.storedFields where left.remove(field.rawValue) != nil {
            set.append(field.rawValue, bson(field, value, edit.after))
        }
        if let dialect = edit.after.dialect, left.remove(JobDialect.field) != nil {
            set.append(JobDialect.field, .json(dialect.storedJSON))
        }
        if edit.changed.contains("labels") {
            let pairs = LabelPairs.value(of: edit.after.labels)
            if let pairs { set.append(LabelPairs.field, pairs) } else { left.insert(LabelPairs.field) }
        }
        AnchoredSlot.add(edit, to: &set, &unset)
        for name in left.sorted() { unset.append(name, 1) }
        var change: BSONFields = [:]
        SkipRecord.add(edit.skips, anew: beginsSkips, to: &change, &set)
        change.append("$set", .document(set))
        if !unset.isEmpty { change.append("$unset", .document(unset)) }
        return change
    }

    /// The job as it was read: its edition, the plain values among the fields that the edit rests on, and the time.
    ///
    /// Objects are left to the edition: their equality in the database depends on the order of their fields.
    static func guards(of edit: JobEdit) -> BSONFields {
        var filter: BSONFields = ["_id": .string(edit.before.name.text)]
        let conditions = [JobEdition.guards(of: edit.before)] + JobInternals.guards(of: edit.before.faults)
        filter.append("$and", .array(conditions.map { .document($0) }))
        if let moment = edit.until { filter.append("$expr", Guards.now(before: moment)) }
        for name in edit.guarded.sorted() {
            switch edit.before.fields[name] {
            case nil: filter.append(name, Guards.absent)
            case .date(let time)?: filter.append(name, .date(time))
            case .json(.object)?, .json(.array)?, .other?: break
            // It may stand for bytes that are not UTF-8.
            case .json(.string(let text))? where text.unicodeScalars.contains("\u{FFFD}"): break
            case .json(let value)?: if name != "payload" { filter.append(name, .json(value)) }
            }
        }
        return filter
    }

    private static func bson(_ field: JobField, _ value: JSONValue, _ job: Job) -> BSONValue {
        switch field.row.kind {
        case .instant(let get, _): get(job).map { .date($0) } ?? .null
        case .anchor: job.anchor.map { .date($0) } ?? .null
        default: .json(value)
        }
    }
}
