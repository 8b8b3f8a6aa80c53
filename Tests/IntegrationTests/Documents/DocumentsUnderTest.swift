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
        try await store.putRaw(BSONFields(document.map { ($0.key, $0.value) }), in: collection)
    }

    func put(_ jobs: [RawDocument]) async throws {
        for job in jobs { try await put("jobs", job) }
    }

    /// A document by its `_id`, as it is stored.
    func document(_ collection: String, _ id: BSONValue) async throws -> RawDocument? {
        try await store.rawDocuments(in: collection, ["_id": id]).first.map(RawDocument.init)
    }

    /// Stores new runs as they are, in any state.
    func seed(_ runs: [Run]) async throws {
        let stored = try await store.insertOrAdopt(runs)
        #expect(stored == runs)
    }
}

extension BSONValue {
    /// What the Go program writes for "not yet": 0001-01-01.
    static let yearOne = BSONValue.date(Timestamp(millisecondsSinceEpoch: -62_135_596_800_000))
}

/// A stored document; the order of its own fields does not matter here.
typealias RawDocument = [String: BSONValue]

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

extension RawDocument {
    init(_ fields: BSONFields) {
        self.init(fields.elements.map { ($0.name, $0.value) }, uniquingKeysWith: { first, _ in first })
    }
}
