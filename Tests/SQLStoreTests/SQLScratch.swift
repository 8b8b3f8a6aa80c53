// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Shared
import TestSupport

@testable import SQLStore

/// A folder of its own, and a store in it.
enum SQLScratch {
    /// Lends a folder that is removed afterwards.
    static func withFolder(_ body: (URL) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "sqlstore-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await body(folder)
    }

    /// Lends an empty store.
    static func withStore(_ body: (RelationalStore) async throws -> Void) async throws {
        try await withFolder { try await withStore(in: $0, body) }
    }

    /// Lends the store in a folder, which is closed afterwards.
    static func withStore(in folder: URL, _ body: (RelationalStore) async throws -> Void) async throws {
        let store = try RelationalStore(path: path(in: folder))
        do {
            try await body(store)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    static func path(in folder: URL) -> String { folder.appending(path: "jobs.db").path }
}
