// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import SQLTestSupport
import Shared
import TestSupport
import Testing

@testable import SQLStore

@Suite(.timeLimit(.minutes(2))) struct PromotionTests {
    private let start = StoreFixture.start

    private func refusal(_ path: String) -> String? {
        do {
            _ = try RelationalStore(path: path)
            return nil
        } catch {
            return error.description
        }
    }

    private func withCare(_ folder: URL, _ body: (RelationalStore) async throws -> Void) async throws {
        let store = try RelationalStore(path: SQLScratch.path(in: folder), isForCare: true)
        do {
            try await body(store)
        } catch {
            await store.close()
            throw error
        }
        await store.close()
    }

    @Test func `nothing changes any more once it is frozen, and what a dead owner held is free`() async throws {
        try await SQLScratch.withStore { store in
            let door = SQLBackDoor(store: store)
            let owner = StoreFixture.manager(1)
            for number in 0..<2_100 {
                try await door.put(
                    try StoreFixture.job("job\(number)") { ($0.managerID, $0.lockEpoch) = (owner, 7) })
            }
            try await door.put(KeptLease(id: owner, heartbeat: AdminFixture.future))
            store.freeze()
            let refused = await #expect(throws: StoreError.self) {
                _ = try await store.create(try AdminFixture.job("new"))
            }
            #expect(refused?.code == .unavailable, "an API answers 503")
            #expect(try await store.job("job1") != nil, "reading goes on")
            _ = try await store.beginCopy(to: "there")
            #expect(try await store.unlockedJobs(after: nil, limit: 5_000).count == 2_100)
            let job = try #require(try await door.job(kept: JobName("job1")))
            #expect(job.lockEpoch == 7 && job.ownerLostAt != nil)
        }
    }

    @Test func `a copy keeps its name until somebody works with the file`() async throws {
        try await SQLScratch.withFolder { folder in
            var copies: [StoreCopy] = []
            for isServed in [false, false, true, false] {
                if isServed {
                    try await SQLScratch.withStore(in: folder) { store in
                        let promotion = try await store.promotion()
                        #expect(promotion == nil)
                    }
                }
                try await withCare(folder) { copies.append(try await $0.beginCopy(to: "there")) }
            }
            #expect(copies[0] == copies[1] && copies[1] != copies[2] && copies[2] == copies[3])
            #expect(Set(copies.map(\.source)).count == 1)
            try await SQLScratch.withStore { store async throws in
                #expect(try await store.source() != copies[0].source, "each file is another one")
            }
        }
    }

    @Test func `what was moved is not served here any more, unless it is restored`() async throws {
        try await SQLScratch.withFolder { folder in
            let path = SQLScratch.path(in: folder)
            let backup = folder.appending(path: "backup.db").path
            try await SQLScratch.withStore(in: folder) { store async throws in
                #expect(try await store.create(try AdminFixture.job("a")))
                store.freeze()
                _ = try await store.beginCopy(to: "mongodb://***@there/db")
                try await store.markPromoted()
            }
            #expect(
                refusal(path)?.contains("are being moved to the database mongodb://***@there/db; run promote") ?? false)
            try await withCare(folder) { store async throws in
                #expect(try await store.promotion()?.isDone == false)
                try await store.markPromotionDone()
                try await store.backup(to: backup)
                #expect(try await store.integrityCheck() == [])
            }
            #expect(refusal(path)?.contains("were moved to the database mongodb://***@there/db on 20") ?? false)
            #expect(refusal(backup)?.contains("were moved") ?? false, "a backup says so, too")
            try RelationalStore.restore(from: backup, to: path, replacing: true)
            try await SQLScratch.withStore(in: folder) { store async throws in
                #expect(try await store.promotion() == nil)
                #expect(try await store.job("a") != nil)
            }
        }
    }

    @Test func `a file from before there was a promotion gets a name, and can be restored as it is`() async throws {
        try await SQLScratch.withFolder { folder in
            let old = folder.appending(path: "old.db").path
            _ = try SQLiteFile(old, migrations: [Schema.migrations[0]])
            try RelationalStore.restore(from: old, to: SQLScratch.path(in: folder))
            try await SQLScratch.withStore(in: folder) { store async throws in
                _ = try await store.source()
                #expect(try await store.promotion() == nil)
            }
        }
    }

    @Test func `batches have everything once, in the order of keys`() async throws {
        try await SQLScratch.withStore { store in
            let door = SQLBackDoor(store: store)
            let text = JSONValue.string(String(repeating: "x", count: 100_000))
            for number: UInt32 in 0..<60 {
                var run = try StoreFixture.run(1_000 - number, "a", slot: Int64(number))
                run.payload = text
                try await door.put([run])
            }
            try await door.put(try (2_000..<3_500).map { try StoreFixture.run($0, "b", slot: Int64($0)) })
            let counts = try await store.counts()
            for part in StorePart.allCases {
                var keys: [String] = []
                var sizes: [Int] = []
                while true {
                    let batch = try await store.batch(of: part, after: keys.last)
                    #expect(batch.part == part)
                    if batch.keys.isEmpty { break }
                    keys += batch.keys
                    sizes.append(batch.keys.count)
                }
                #expect(keys == Set(keys).sorted() && keys.count == counts[part])
                if part == .runs { #expect(sizes.count >= 3 && sizes.max() ?? 0 <= 1_000, "\(sizes)") }
            }
        }
    }

    @Test func `a definition that is no JSON stops it with the job's name`() async throws {
        try await SQLScratch.withStore { store in
            #expect(try await store.create(try AdminFixture.job("a")))
            _ = try await store.writer.run { db throws(StoreError) in
                try db.execute("UPDATE jobs SET definition = 'nonsense'")
            }
            let error = await #expect(throws: StoreError.self) { _ = try await store.batch(of: .jobs, after: nil) }
            #expect(error?.code == .rejected && error?.description.contains("job a is damaged") == true)
        }
    }
}
