// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import SQLTestSupport
import Shared
import Synchronization
import TestSupport
import Testing

@testable import SQLStore

@Suite(.timeLimit(.minutes(3))) struct RelationalStoreTests {
    @Test(arguments: storeChecks) func `keeps the promises of the store`(_ check: StoreCheck) async throws {
        try await SQLScratch.withStore { store in
            try await store.prepare()
            try await check.run(StoreUnderTest(store: store, door: SQLBackDoor(store: store)))
            #expect(try await store.integrityCheck() == [])
        }
    }

    @Test(arguments: adminStoreChecks) func `keeps the promises of the API's store`(
        _ check: AdminStoreCheck
    ) async throws {
        try await SQLScratch.withStore { store in
            try await store.prepare()
            try await check.run(AdminStoreUnderTest(store: store, door: SQLBackDoor(store: store)))
            #expect(try await store.integrityCheck() == [])
        }
    }

    @Test func `a definition that somebody broke is reported, left alone, and repaired by an edit`() async throws {
        try await SQLScratch.withStore { store in
            let name = try JobName("a")
            try await SQLBackDoor(store: store).put(try StoreFixture.job("a"))
            for (text, field) in [("nonsense", "definition"), (#"{"interval": "x", "retention": 5}"#, "interval")] {
                try await store.sabotage("UPDATE jobs SET definition = '\(text)'")
                let stored = try #require(try await store.jobs(named: [name]).first)
                guard case .malformed(let malformed) = stored else {
                    Issue.record("a usable job")
                    continue
                }
                #expect(malformed.id == "a" && malformed.reasons.first?.hasPrefix(field) ?? false)
                #expect(try await store.jobs(after: nil, labels: [:], limit: 9).elements.isEmpty)
                #expect(try await store.integrityCheck().count == 1)
                let before = try #require(try await store.job(named: name, withFields: true))
                #expect(before.job == nil && before.faults.first?.field == field)
                let after = try StoreFixture.job("a").job
                #expect(
                    try await store.apply(
                        JobEdit(before: before, after: after, changed: Set(JobField.allCases.map(\.rawValue)))))
                #expect(try await store.job(named: name, withFields: false)?.job == after)
            }
        }
    }

    @Test func `time never goes back`() async throws {
        let time = Mutex(Timestamp(millisecondsSinceEpoch: 1_000))
        try await SQLScratch.withFolder { folder in
            let store = try RelationalStore(path: SQLScratch.path(in: folder)) { time.withLock(\.self) }
            var seen: [Int64] = []
            for moment: Int64 in [1_000, 1_500, 900, 1_499, 1_501] {
                time.withLock { $0 = Timestamp(millisecondsSinceEpoch: moment) }
                seen.append(try await store.serverTime().millisecondsSinceEpoch)
            }
            #expect(seen == [1_000, 1_500, 1_500, 1_500, 1_501])
            await store.close()
            await #expect(throws: StoreError.self) { try await store.runs([StoreFixture.runID(1)]) }
            await #expect(throws: StoreError.self) { try await store.renew(StoreFixture.manager(1)) }
            await store.close()
        }
    }

    @Test func `a claim is kept for a day`() async throws {
        let time = Mutex(StoreFixture.start)
        try await SQLScratch.withFolder { folder in
            let store = try RelationalStore(path: SQLScratch.path(in: folder)) { time.withLock(\.self) }
            let job = try JobName("a")
            func claim(_ number: UInt32) -> IdempotencyClaim {
                IdempotencyClaim(key: "k", jobName: job, body: "b", runID: StoreFixture.runID(number))
            }
            #expect(try await store.claim(claim(1)) == claim(1))
            time.withLock { $0 = $0 + .seconds(86_399) }
            #expect(try await store.claim(claim(2)) == claim(1))
            time.withLock { $0 = $0 + .seconds(1) }
            #expect(try await store.claim(claim(3)) == claim(3))
            await store.close()
        }
    }

    /// Only what was written since is read again.
    @Test func `what an owner reads of his jobs is what stands, whoever has written it`() async throws {
        try await SQLScratch.withStore { store in
            let (owner, other) = (StoreFixture.manager(1), StoreFixture.manager(2))
            let names = try ["a", "b", "c", "d"].map { try JobName($0) }
            for name in names { _ = try await store.create(try StoreFixture.job(name.text).job) }
            let stranger = try SQLiteConnection(store.path, .writing)
            let steps: [(String, isOurs: Bool)] = [
                ("UPDATE jobs SET manager_id = \(owner.literal) WHERE name < 'd'", true),
                ("UPDATE jobs SET next_run_at = next_run_at + 1 WHERE name = 'a'", true),
                ("UPDATE jobs SET definition = json_set(definition, '$.interval', 5000) WHERE name = 'b'", true),
                ("UPDATE jobs SET definition = json_set(definition, '$.interval', 7000) WHERE name = 'b'", false),
                ("UPDATE jobs SET definition = 'nonsense' WHERE name = 'a'", true),
                ("UPDATE jobs SET manager_id = NULL WHERE name = 'a'", true),
                ("DELETE FROM jobs WHERE name = 'b'", true),
                ("UPDATE jobs SET manager_id = \(owner.literal), enabled = 0", false),
                ("UPDATE jobs SET manager_id = \(other.literal) WHERE name = 'd'", true),
                ("DELETE FROM jobs WHERE name = 'c'", false),
            ]
            for (sql, isOurs) in steps {
                if isOurs { try await store.sabotage(sql) } else { try stranger.execute(sql) }
                for manager in [owner, owner, other] {
                    let read = try await store.jobs(lockedBy: manager)
                    let stored = try await store.jobs(named: names).filter { $0.managerID == manager }
                    #expect(read.map(\.id) == stored.map(\.id), "\(sql)")
                    #expect(read.map(\.owned) == stored.map(\.owned), "\(sql)")
                }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<2_500 {
                    group.addTask { _ = try await store.create(try StoreFixture.job("m\(number)").job) }
                }
                try await group.waitForAll()
            }
            try await store.sabotage("UPDATE jobs SET manager_id = \(owner.literal) WHERE name LIKE 'm%'")
            let count = try await store.jobs(lockedBy: owner).count
            #expect(count >= 2_500)
            try await store.sabotage("UPDATE jobs SET next_run_at = 7")
            let read = try await store.jobs(lockedBy: owner)
            #expect(
                read.count == count
                    && read.allSatisfy { $0.job.map { $0.nextRunAt?.millisecondsSinceEpoch == 7 } ?? true })
        }
    }

    /// A table that is walked through from end to end, or sorted, would be slow where it is large.
    @Test func `every query goes by an index`() async throws {
        try await SQLScratch.withStore { store in
            let open = "status IN ('pending', 'running', 'cancelling')"
            let queries = [
                "SELECT id FROM runs WHERE job IN (SELECT value FROM json_each('[]')) AND \(open) AND is_retired = 0",
                "SELECT id FROM runs WHERE deadline IS NOT NULL AND deadline <= 1 AND (deadline, id) > (1, x'') "
                    + "ORDER BY deadline, id LIMIT 5",
                "SELECT id FROM runs WHERE job = 'a' AND scheduled_time >= 5 AND trigger = 'schedule' "
                    + "AND is_retired = 0 AND scheduled_time IS NOT NULL ORDER BY scheduled_time",
                "SELECT id FROM runs WHERE job = 'a' AND end_time IS NOT NULL AND end_time <= 5",
                "SELECT name FROM jobs WHERE manager_id IS NULL AND name > 'a' ORDER BY name",
                "SELECT name FROM jobs WHERE retention > 0 AND name > 'a' ORDER BY name",
                "SELECT min(manager_id) FROM jobs WHERE manager_id > x''",
            ]
            for query in queries {
                let plan = try await store.reader.run { db throws(StoreError) in
                    try db.rows("EXPLAIN QUERY PLAN " + query) { $0.text(3) }
                }
                #expect(plan.allSatisfy { !$0.hasPrefix("SCAN runs") && !$0.contains("TEMP B-TREE") }, "\(plan)")
                #expect(plan.contains { $0.contains("INDEX") }, "\(plan)")
            }
        }
    }
}

extension ManagerID {
    /// As it is written in a statement.
    fileprivate var literal: String { "X'\(value.hex)'" }
}

extension RelationalStore {
    /// Changes the data as another program could.
    func sabotage(_ sql: String) async throws {
        _ = try await writer.run { db throws(StoreError) in try db.execute(sql) }
    }
}
