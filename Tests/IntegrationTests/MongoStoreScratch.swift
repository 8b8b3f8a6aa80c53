// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Logging
import MongoStore
import MongoTestSupport
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
}
