// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import SQLTestSupport
import Shared
import TestSupport
import Testing

@testable import SQLStore

@Suite(.timeLimit(.minutes(2))) struct SQLiteWriterTests {
    @Test func `many callers are all answered, and one that fails takes nothing with it`() async throws {
        try await SQLScratch.withStore { store in
            let dead = StoreFixture.manager(99)
            try await SQLBackDoor(store: store).put(
                KeptLease(id: dead, heartbeat: StoreFixture.start, isExpired: true))
            let failures = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 0..<64 {
                    group.addTask {
                        if number % 8 == 0 {
                            do throws(StoreError) {
                                try await store.register(dead, hostname: "host")
                                return false
                            } catch {
                                return error.code == .rejected
                            }
                        }
                        let made = try await store.create(try AdminFixture.job("job\(number)"))
                        #expect(made)
                        return false
                    }
                }
                return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(failures == 8)
            #expect(try await store.jobs(after: nil, labels: [:], limit: 99).elements.count == 56)
        }
    }

    @Test func `of work that fails half-way nothing stands`() async throws {
        try await SQLScratch.withStore { store async throws in
            await #expect(throws: StoreError.self) {
                try await store.writer.run { db throws(StoreError) in
                    try db.execute("INSERT INTO deletions VALUES ('a', 1, 1, 1, NULL, NULL)")
                    throw StoreError(.rejected, "no")
                }
            }
            #expect(try await store.deletions(after: nil, limit: 9).isEmpty)
            #expect(store.writer.lastFailure == nil)
        }
    }

    @Test func `a full disk is told, and everything works again when there is room`() async throws {
        try await SQLScratch.withStore { store in
            #expect(try await store.create(try AdminFixture.job("before")))
            try await store.limitPages(to: 60)
            let large = try AdminFixture.job("large") { $0.payload = .string(String(repeating: "x", count: 250_000)) }
            for _ in 1...2 {
                let error = await #expect(throws: StoreError.self) { try await store.create(large) }
                #expect(error?.code == .unavailable && error?.description.contains("make room") ?? false)
            }
            #expect(store.writer.lastFailure != nil)
            #expect(try await store.job(named: try JobName("before"), withFields: false) != nil)
            try await store.limitPages(to: 1_000_000)
            _ = try await store.probe()
            #expect(store.writer.lastFailure == nil)
            #expect(try await store.create(large))
            #expect(try await store.integrityCheck() == [])
        }
    }

    @Test func `another program that holds the file, or moves it, is told, and it passes`() async throws {
        try await SQLScratch.withFolder { folder in
            try await SQLScratch.withStore(in: folder) { store in
                let path = SQLScratch.path(in: folder)
                let other = try SQLiteConnection(path, .writing)
                try other.execute("BEGIN IMMEDIATE")
                let error = await #expect(throws: StoreError.self) {
                    try await store.create(try AdminFixture.job("a"))
                }
                #expect(error?.code == .unavailable && error?.description.contains("another program") ?? false)
                await #expect(throws: StoreError.self) { try await store.probe() }
                #expect(try await store.jobs(after: nil, labels: [:], limit: 9).elements.isEmpty)
                try other.execute("ROLLBACK")
                _ = try await store.probe()
                #expect(try await store.create(try AdminFixture.job("a")))
                try FileManager.default.moveItem(atPath: path, toPath: path + ".away")
                let moved = await #expect(throws: StoreError.self) {
                    try await store.create(try AdminFixture.job("b"))
                }
                #expect(moved?.code == .unavailable && moved?.description.contains("moved or deleted") ?? false)
                try FileManager.default.moveItem(atPath: path + ".away", toPath: path)
                #expect(try await store.create(try AdminFixture.job("b")))
            }
        }
    }

    /// Printed, for whoever changes something; `scripts/bench` compares.
    @Test func `how fast it is`() async throws {
        try await SQLScratch.withStore { store in
            var start = ContinuousClock.now
            func perSecond(_ count: Double) -> Int {
                defer { start = .now }
                return Int(count / ((ContinuousClock.now - start) / .seconds(1)))
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for caller: UInt32 in 0..<64 { group.addTask { try await Self.ask(store, caller) } }
                try await group.waitForAll()
            }
            let single = perSecond(6_400)
            let manager = StoreFixture.manager(1)
            let names = try (0..<500).map { try JobName("job\($0)") }
            for name in names {
                try await SQLBackDoor(store: store).put(
                    try StoreFixture.job(name.text) { ($0.managerID, $0.lockEpoch) = (manager, 1) })
            }
            let batches = try (0..<40).map { try Self.batch($0, names, manager) }
            start = .now
            for batch in batches { #expect(try await store.commit(batch) { true }.runs.count == 500) }
            let fires = perSecond(20_000)
            for batch in batches {
                let updates = batch.runs.map { run in
                    var after = run
                    (after.status, after.endTime) = (.completed, run.createdTime)
                    return RunUpdate(before: run, after: after)
                }
                #expect(try await store.update(updates).allSatisfy { $0 == .applied })
            }
            let ends = perSecond(20_000)
            print("SQLite: \(single) runs/s of 64 callers, \(fires) fires/s and \(ends) ends/s in batches of 500")
        }
    }

    private static func ask(_ store: any AdminStore, _ caller: UInt32) async throws {
        let runs = try (0..<100).map { try AdminFixture.manualRun(caller * 100 + $0, "manual") }
        for run in runs { #expect(try await store.insert(run)) }
    }

    private static func batch(_ round: Int, _ names: [JobName], _ manager: ManagerID) throws -> SlotBatch {
        let slot = StoreFixture.start + .seconds(60 * round)
        return SlotBatch(
            runs: try names.enumerated().map {
                try StoreFixture.run(UInt32(100_000 + round * 500 + $0), $1.text, slot: Int64(60_000 * round))
            },
            steps: names.map {
                JobAdvance(name: $0, managerID: manager, lockEpoch: 1, from: slot, to: slot + .seconds(60))
            })
    }
}

extension RelationalStore {
    fileprivate func limitPages(to count: Int) async throws {
        try await writer.run { db throws(StoreError) in try db.run(script: "PRAGMA max_page_count = \(count)") }
    }
}
