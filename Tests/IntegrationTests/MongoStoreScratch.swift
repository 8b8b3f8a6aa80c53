// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Logging
import MongoStore
import Shared
import TestSupport

/// A real server, a fresh database on it, and the store over both.
enum MongoStoreScratch {
    /// Where the server is; `nil` = the suite is skipped, unless `REQUIRE_INTEGRATION` is 1.
    static let address = ProcessInfo.processInfo.environment["SIMPLE_SCHEDULER_TEST_MONGODB"]
    static let isRequired = ProcessInfo.processInfo.environment["REQUIRE_INTEGRATION"] == "1"

    /// Why a test that was required cannot run.
    struct Missing: Error, CustomStringConvertible {
        let description = "SIMPLE_SCHEDULER_TEST_MONGODB is not set, but REQUIRE_INTEGRATION=1"
    }

    /// Lends a store over an empty database, which is dropped afterwards.
    static func withStore(_ body: (MongoSchedulerStore) async throws -> Void) async throws {
        try await withDatabase { store, _, _ in try await body(store) }
    }

    private static func withDatabase(
        _ body: (MongoSchedulerStore, _ name: String, Logger) async throws -> Void
    ) async throws {
        guard let address else { throw Missing() }
        let name = "t\(UInt64.random(in: .min ... .max))"
        var logger = Logger(label: "MongoStoreTests")
        logger.logLevel = .error
        let store = try MongoSchedulerStore(
            connectionString: address, databaseName: name, applicationName: "tests", logger: logger)
        let result: Result<Void, any Error>
        do { result = .success(try await body(store, name, logger)) } catch { result = .failure(error) }
        try? await store.dropDatabase()
        await store.close()
        try result.get()
    }

    /// Lends the API's store over an empty database, with contact made, and another one to reach in with.
    static func withAdminStore(_ body: (MongoAdminStore, MongoSchedulerStore) async throws -> Void) async throws {
        try await withDatabase { raw, name, logger in
            let admin = try MongoAdminStore(
                connectionString: address ?? "", databaseName: name, applicationName: "tests", logger: logger)
            _ = try await admin.probe()
            let deadlines = Task { await admin.enforceDeadlines() }
            let result: Result<Void, any Error>
            do { result = .success(try await body(admin, raw)) } catch { result = .failure(error) }
            deadlines.cancel()
            await admin.close()
            try result.get()
        }
    }

    /// The same, as the shared checks want it.
    static func withHarness(_ body: @Sendable (StoreUnderTest) async throws -> Void) async throws {
        try await withStore { store in
            try await body(
                StoreUnderTest(
                    store: store,
                    put: { try await store.putRaw(BSONFields($1), in: $0) },
                    document: { collection, id in
                        try await store.rawDocuments(in: collection, ["_id": BSONValue(id)]).first.map(RawDocument.init)
                    }))
        }
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
