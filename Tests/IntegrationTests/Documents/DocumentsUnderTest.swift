// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import MongoTestSupport
import Shared
import TestSupport
import Testing

/// What is checked of both stores over documents as other programs may have written them.
typealias DocumentCheck = ConformanceCheck<DocumentsUnderTest>

/// What MongoDB's stores keep beyond what every store does.
let documentChecks =
    jobDocumentChecks + lockDocumentChecks + advanceDocumentChecks + runDocumentChecks + adminDocumentChecks

/// Both stores over one empty database, and its documents as they are.
struct DocumentsUnderTest: Sendable {
    let store: MongoSchedulerStore
    let admin: MongoAdminStore

    /// Puts a document into a collection, in the place of one with the same `_id`.
    func put(_ collection: String, _ document: RawDocument) async throws {
        try await store.putRaw(BSONFields(document), in: collection)
    }

    func put(_ jobs: [RawDocument]) async throws {
        for job in jobs { try await put("jobs", job) }
    }

    /// A document by its `_id`, as it is stored.
    func document(_ collection: String, _ id: RawValue) async throws -> RawDocument? {
        try await store.rawDocuments(in: collection, ["_id": BSONValue(id)]).first.map(RawDocument.init)
    }

    /// Stores new runs as they are, in any state.
    func seed(_ runs: [Run]) async throws {
        let stored = try await store.insertOrAdopt(runs)
        #expect(stored == runs)
    }
}

/// A stored value with its type, as another program may have written it.
indirect enum RawValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int32(Int32)
    case int64(Int64)
    case double(Double)
    case string(String)
    case date(Timestamp)
    case objectID(Identifier)
    case array([RawValue])
    case document(RawDocument)

    /// What the Go program writes for "not yet": 0001-01-01.
    static let yearOne = RawValue.date(Timestamp(millisecondsSinceEpoch: -62_135_596_800_000))
}

/// A stored document; the order of its fields does not matter here.
typealias RawDocument = [String: RawValue]

extension RawDocument {
    /// A job with an interval of a minute, its slot at ``StoreFixture/start``.
    static func job(_ name: String, _ more: RawDocument = [:]) -> RawDocument {
        let base: RawDocument = [
            "_id": .string(name), "enabled": .bool(true), "interval": .int64(60_000),
            "nextRunAt": .date(StoreFixture.start),
        ]
        return base.merging(more) { $1 }
    }
}

extension StoredJob {
    var malformed: MalformedJob? {
        if case .malformed(let job) = self { job } else { nil }
    }
}

extension BSONValue {
    init(_ raw: RawValue) {
        switch raw {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int32(let value): self = .int32(value)
        case .int64(let value): self = .int64(value)
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        case .date(let value): self = .date(value)
        case .objectID(let value): self = .objectID(value)
        case .array(let values): self = .array(values.map { BSONValue($0) })
        case .document(let fields): self = .document(BSONFields(fields))
        }
    }
}

extension BSONFields {
    init(_ raw: RawDocument) {
        self.init(raw.map { ($0.key, BSONValue($0.value)) })
    }
}

extension RawValue {
    init(_ value: BSONValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int32(let value): self = .int32(value)
        case .int64(let value): self = .int64(value)
        case .double(let value): self = .double(value)
        case .string(let value): self = .string(value)
        case .date(let value): self = .date(value)
        case .objectID(let value): self = .objectID(value)
        case .array(let values): self = .array(values.map { RawValue($0) })
        case .document(let fields): self = .document(RawDocument(fields))
        case .json, .other: self = .string("another type")
        }
    }
}

extension RawDocument {
    init(_ fields: BSONFields) {
        self.init(fields.elements.map { ($0.name, RawValue($0.value)) }, uniquingKeysWith: { first, _ in first })
    }
}
