// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A document of `jobs`, on its way to what the API shows.
struct JobRecordDocument {
    private var fields = JobReader(from: .document)
    private var raw: [String: FieldValue] = [:]
    private var internals = JobInternals()
    private var heartbeat: Timestamp?
    private var edition: Int64? = 0

    /// Reads a document to its end; `nil` when its `_id` is not the name of a job.
    static func decode(_ reader: borrowing BSONReader, withFields: Bool = false) -> JobRecord? {
        guard reader.next(), reader.name == "_id", case .string(let text) = reader.value(),
            let name = try? JobName(text)
        else { return nil }
        var document = JobRecordDocument()
        while reader.next() { document.read(reader, withFields: withFields) }
        let job = document.fields.finish(name)
        let faults = document.fields.faults + document.internals.faults
        var record = JobRecord(
            name: name, job: faults.isEmpty ? job : nil, faults: faults, fields: document.raw,
            managerID: document.internals.managerID, heartbeat: document.heartbeat,
            lockEpoch: document.internals.lockEpoch, edition: document.edition ?? 0)
        record.hasBrokenEdition = document.edition == nil
        return record
    }

    private mutating func read(_ reader: borrowing BSONReader, withFields: Bool) {
        let field = reader.name
        if internals.read(field, reader) { return }
        switch field {
        case "heartbeat":
            if case .date(let time) = reader.value(), (Timestamp.earliest...Timestamp.latest).contains(time) {
                heartbeat = time
            }
        case "edition": edition = JobEdition.read(reader.value())
        default:
            guard JobField(named: field) != nil else { return }
            // Whatever the payload is, it has a form in JSON.
            let value = field == "payload" ? FieldValue.json(reader.json()) : reader.fieldValue()
            fields.read(field, value)
            if withFields { raw[field] = value }
        }
    }
}
