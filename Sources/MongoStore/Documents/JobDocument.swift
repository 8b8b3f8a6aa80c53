// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A document of `jobs`, on its way to what a Scheduler works with or to what the API shows.
struct JobDocument {
    /// Fields that grow and that nobody reads here.
    static let projection: BSONValue = ["skips": 0, "skipped": 0]

    private let id: BSONValue?
    private let name: JobName?
    private let withFields: Bool
    private var reader = JobReader(from: .document)
    private var internals = JobInternals()
    private var wasTakenFromDeadOwner = false
    private var isTakenMark = false
    private var labelPairs: BSONValue?
    private var heartbeat: Timestamp?
    private var edition: Int64? = 0
    private var fields: [String: FieldValue] = [:]
    private var faults = DocumentFaults()

    /// Reads a document to its end for a Scheduler; `atLock` tells what the last lock found instead of what stands now.
    static func owned(_ reader: borrowing BSONReader, atLock: Bool = false) -> StoredJob {
        var document = JobDocument(reader)
        document.readRest(reader)
        return document.owned(atLock: atLock)
    }

    /// The same, and whether what the index of its labels goes by does not fit them.
    static func ownedWithLabels(_ reader: borrowing BSONReader) -> (job: StoredJob, hasStaleLabels: Bool) {
        var document = JobDocument(reader)
        document.readRest(reader)
        let job = document.owned(atLock: false)
        guard case .valid(let owned) = job else { return (job, false) }
        return (job, LabelPairs.isStale(document.labelPairs, for: owned.job.labels))
    }

    /// Reads a document to its end for the API; `nil` when its `_id` is not the name of a job.
    static func record(_ reader: borrowing BSONReader, withFields: Bool = false) -> JobRecord? {
        var document = JobDocument(reader, withFields: withFields)
        guard let name = document.name else { return nil }
        document.readRest(reader)
        let job = document.reader.finish(name)
        let faults = document.reader.faults + document.internals.faults
        var record = JobRecord(
            name: name, job: faults.isEmpty ? job : nil, faults: faults, fields: document.fields,
            managerID: document.internals.managerID, heartbeat: document.heartbeat,
            lockEpoch: document.internals.lockEpoch, edition: document.edition ?? 0)
        record.hasBrokenEdition = document.edition == nil
        return record
    }

    /// Reads the key: the server keeps `_id` as the first field of every document.
    private init(_ reader: borrowing BSONReader, withFields: Bool = false) {
        id = reader.next() && reader.name == "_id" ? reader.value() : nil
        self.withFields = withFields
        var name: JobName?
        if case .string(let text) = id {
            do { name = try JobName(text) } catch { faults.add("_id", "the name \(error.reason)") }
        } else {
            faults.add("_id", found: id?.summary ?? "nothing", expected: "a string")
        }
        self.name = name
    }

    private mutating func readRest(_ document: borrowing BSONReader) {
        while document.next() { read(document) }
    }

    private mutating func read(_ document: borrowing BSONReader) {
        let name = document.name
        if let field = JobField(named: name) {
            // Whatever the payload is, it has a form in JSON.
            let value = field == .payload ? FieldValue.json(document.json()) : document.fieldValue()
            reader.read(field, value)
            if withFields { fields[name] = value }
            return
        }
        if internals.read(name, document) { return }
        switch name {
        case JobDialect.field:
            let stored = document.json()
            reader.readDialect(stored)
            if withFields { fields[name] = .json(stored) }
        // A foreign value keeps nobody from firing.
        case "edition": edition = JobEdition.read(document.value())
        case "ownerLostAt": if case .date = document.value() { wasTakenFromDeadOwner = true }
        case "lockedAfterLoss": isTakenMark = document.value() == true
        case "heartbeat":
            if case .date(let time) = document.value(), (Timestamp.earliest...Timestamp.latest).contains(time) {
                heartbeat = time
            }
        case AnchoredSlot.field: if case .date(let slot) = document.value() { reader.anchoredSlot = slot }
        case LabelPairs.field: labelPairs = document.value()
        default: break
        }
    }

    private mutating func owned(atLock: Bool) -> StoredJob {
        let job = reader.finish(name)
        let wrong = faults.faults + internals.faults + reader.faults
        guard wrong.isEmpty, let job else {
            return .malformed(
                MalformedJob(id: idText(), reasons: wrong.map(\.description), managerID: internals.managerID))
        }
        return .valid(
            OwnedJob(
                job: job, managerID: internals.managerID, lockEpoch: internals.lockEpoch,
                wasTakenFromDeadOwner: atLock ? isTakenMark : wasTakenFromDeadOwner, isNew: internals.isNew,
                edition: edition))
    }

    private func idText() -> String {
        switch id {
        case .string(let text): LogText.escaped(text)
        case .objectID(let id): id.hex
        case let value?: value.summary
        case nil: "nothing"
        }
    }
}
