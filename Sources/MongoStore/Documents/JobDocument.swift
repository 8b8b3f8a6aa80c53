// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A document of `jobs`, on its way to a value.
struct JobDocument {
    /// Fields that grow and that no Scheduler reads.
    static let projection: BSONValue = ["skips": 0, "skipped": 0]

    private let id: BSONValue?
    private let name: JobName?
    private var fields: JobReader
    private var internals = JobInternals()
    private var wasTakenFromDeadOwner = false
    private var isTakenMark = false
    private var labelPairs: BSONValue?
    private var edition: Int64? = 0
    private var faults = DocumentFaults()

    /// Reads a document to its end; `atLock` tells what the last lock found instead of what stands now.
    ///
    /// The server keeps `_id` as the first field of every document.
    static func decode(_ reader: borrowing BSONReader, atLock: Bool = false) -> StoredJob {
        var document = read(reader)
        return document.result(atLock: atLock)
    }

    /// The same, and whether what the index of its labels goes by does not fit them.
    static func decodeWithLabels(_ reader: borrowing BSONReader) -> (job: StoredJob, hasStaleLabels: Bool) {
        var document = read(reader)
        let job = document.result(atLock: false)
        guard case .valid(let owned) = job else { return (job, false) }
        return (job, LabelPairs.isStale(document.labelPairs, for: owned.job.labels))
    }

    private static func read(_ reader: borrowing BSONReader) -> JobDocument {
        var document = JobDocument(id: reader.next() && reader.name == "_id" ? reader.value() : nil)
        while reader.next() { document.read(reader) }
        return document
    }

    private init(id: BSONValue?) {
        self.id = id
        var name: JobName?
        if case .string(let text) = id {
            do { name = try JobName(text) } catch { faults.add("_id", "the name \(error.reason)") }
        } else {
            faults.add("_id", found: id?.summary ?? "nothing", expected: "a string")
        }
        self.name = name
        fields = JobReader(from: .document)
    }

    private mutating func read(_ reader: borrowing BSONReader) {
        let field = reader.name
        if internals.read(field, reader) { return }
        switch field {
        // A foreign value keeps nobody from firing.
        case "edition": edition = JobEdition.read(reader.value())
        case "ownerLostAt": if case .date = reader.value() { wasTakenFromDeadOwner = true }
        case "lockedAfterLoss": isTakenMark = reader.value() == true
        case LabelPairs.field: labelPairs = reader.value()
        // Whatever it is, it has a form in JSON.
        case "payload": fields.read(field, .json(reader.json()))
        default: if JobField(named: field) != nil { fields.read(field, reader.fieldValue()) }
        }
    }

    private mutating func result(atLock: Bool) -> StoredJob {
        let job = fields.finish(name)
        let wrong = faults.faults + internals.faults + fields.faults
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
