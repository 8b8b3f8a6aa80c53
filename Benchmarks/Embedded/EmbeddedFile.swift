// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import SQLStore
import Shared

/// A data folder, with a file in it that the store has made.
struct EmbeddedFile {
    let folder: String
    var path: String { folder + "/simple-scheduler.db" }

    /// The interval of a job that is not to fire.
    private static let never = Duration.seconds(86_400)

    init(_ bench: Bench, _ name: String) throws {
        folder = "\(bench.settings.scratch)/data-\(name)"
        try? FileManager.default.removeItem(atPath: folder)
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: folder)
    }

    /// Lends the store.
    func withStore<Value>(_ body: (RelationalStore) async throws -> Value) async throws -> Value {
        let store = try RelationalStore(path: path)
        do {
            let value = try await body(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }

    /// Stores jobs that leave by HTTP; all of them have their first slot at once, without one it is tomorrow.
    static func insert(
        _ jobs: JobPopulation, into store: RelationalStore, url: String, first: Timestamp? = nil,
        every interval: Duration? = nil
    ) async throws {
        for start in stride(from: 0, to: jobs.names.count, by: 1_000) {
            try await withThrowingTaskGroup(of: Void.self) { group in
                for name in jobs.names[start..<min(start + 1_000, jobs.names.count)] {
                    var job = Job(
                        name: name, schedule: .every(interval ?? never), nextRunAt: first ?? WallClock.now() + never,
                        allowsConcurrentRuns: true)
                    job.delivery = .http(HTTPDelivery(url: url))
                    group.addTask { [job] in _ = try await store.create(job) }
                }
                try await group.waitForAll()
            }
        }
    }
}

extension [Double] {
    /// Of an odd number of values the one in the middle.
    var median: Double { sorted()[count / 2] }
}
