// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Reads job documents of other programs for ``MemoryStore``, by the rules of docs/database.md.
struct MemoryStoreJobReader {
    private let document: RawDocument
    private var reasons: [String] = []

    static func job(_ document: RawDocument) -> MemoryStoreJob {
        var reader = MemoryStoreJobReader(document: document)
        return reader.read()
    }

    private init(document: RawDocument) {
        self.document = document
    }

    private mutating func read() -> MemoryStoreJob {
        let (id, name) = key()
        var stored = MemoryStoreJob(id: id, hasTextID: name != nil || isText)
        var fields = JobReader(from: .document)
        for (field, value) in document {
            fields.read(field, field == "payload" ? .json(value.json) : value.field)
        }
        let job = fields.finish(name)
        stored.managerID = manager()
        stored.heartbeat = heartbeat
        stored.lockEpoch = epoch()
        if case .date(let date) = document["ownerLostAt"] { stored.ownerLostAt = date }
        stored.isNew = isNew()
        stored.edition = edition
        stored.reasons = reasons + fields.faults.map(\.description)
        if stored.reasons.isEmpty { stored.job = job }
        return stored
    }

    private var isText: Bool {
        if case .string = document["_id"] { true } else { false }
    }

    private var heartbeat: Timestamp? {
        if case .date(let date) = document["heartbeat"] { date } else { nil }
    }

    private mutating func key() -> (String, JobName?) {
        guard case .string(let text) = document["_id"] else {
            reasons.append("_id: found another type, expected a string")
            if case .objectID(let id) = document["_id"] { return (id.hex, nil) }
            return ("\(document["_id"] ?? .null)", nil)
        }
        do {
            return (text, try JobName(text))
        } catch {
            reasons.append("_id: the name \(error.reason)")
            return (text, nil)
        }
    }

    private mutating func epoch() -> Int64 {
        switch document["lockEpoch"] {
        case nil, .null: return 0
        case let value? where MemoryStoreInternals.isCounter(value): return value.wholeNumber ?? 0
        default:
            reasons.append("lockEpoch: expected a whole number")
            return 0
        }
    }

    private var edition: Int64? {
        switch document["edition"] {
        case nil, .null: 0
        case .int32(let value): Int64(value)
        case .int64(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }

    private mutating func isNew() -> Bool {
        switch document["creation"] {
        case nil, .null: return false
        case .objectID: return true
        default:
            reasons.append("creation: expected an ObjectId")
            return true
        }
    }

    private mutating func manager() -> ManagerID? {
        switch document["managerId"] {
        case nil, .null, .objectID(.zero): return nil
        case .objectID(let id): return ManagerID(id)
        default:
            reasons.append("managerId: expected an ObjectId")
            return nil
        }
    }
}

extension RawValue {
    /// As a field of a definition is read.
    var field: FieldValue {
        switch self {
        case .date(let date): .date(date)
        case .objectID: .other("an ObjectId")
        case .double(let value): .json(.double(value))
        default: .json(json)
        }
    }
}
