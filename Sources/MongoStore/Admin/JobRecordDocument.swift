// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A document of `jobs`, on its way to what the API shows.
struct JobRecordDocument {
    private var fields = JobFields(from: .document)
    private var raw: [String: FieldValue] = [:]
    private var managerID: ManagerID?
    private var heartbeat: Timestamp?
    private var lockEpoch: Int64 = 0
    private var edition: Int64 = 0

    /// Reads a document to its end; `nil` when its `_id` is not the name of a job.
    static func decode(_ reader: borrowing BSONReader, withFields: Bool = false) -> JobRecord? {
        guard reader.next(), reader.name == "_id", case .string(let text) = reader.value(),
            let name = try? JobName(text)
        else { return nil }
        var document = JobRecordDocument()
        while reader.next() { document.read(reader, withFields: withFields) }
        let job = document.fields.finish(name)
        return JobRecord(
            name: name, job: job, faults: document.fields.faults, fields: document.raw, managerID: document.managerID,
            heartbeat: document.heartbeat, lockEpoch: document.lockEpoch, edition: document.edition)
    }

    private mutating func read(_ reader: borrowing BSONReader, withFields: Bool) {
        let field = reader.name
        switch field {
        case "managerId":
            if case .objectID(let id) = reader.value(), id != .zero { managerID = ManagerID(id) }
        case "heartbeat":
            if case .date(let time) = reader.value(), time >= .earliest { heartbeat = time }
        case "lockEpoch": lockEpoch = reader.value().wholeNumber ?? 0
        case "edition": edition = reader.value().wholeNumber ?? 0
        default:
            guard JobFields.names.contains(field) else { return }
            // Whatever the payload is, it has a form in JSON.
            let value = field == "payload" ? FieldValue.json(reader.json()) : reader.fieldValue()
            fields.read(field, value)
            if withFields { raw[field] = value }
        }
    }
}
