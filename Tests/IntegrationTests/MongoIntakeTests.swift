// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Logging
import MongoStore
import MongoTestSupport
import SQLStore
import Shared
import StandaloneCommands
import TestSupport
import Testing

/// A file's data on their way into a real database.
@Suite(
    .enabled(
        if: MongoStoreScratch.address != nil || MongoStoreScratch.isRequired,
        "SIMPLE_SCHEDULER_TEST_MONGODB is not set"),
    .timeLimit(.minutes(6)))
struct MongoIntakeTests {
    private let start = StoreFixture.start
    private let silent = Logger(label: "intake") { _ in SwiftLogNoOpLogHandler() }

    /// Lends an intake, the store of a Scheduler and the name of their database, which is dropped afterwards.
    private func withIntake(
        _ body: (MongoIntake, MongoSchedulerStore, _ name: String) async throws -> Void
    ) async throws {
        guard let address = MongoStoreScratch.address else { throw MongoStoreScratch.Missing() }
        let name = "t\(UInt64.random(in: .min ... .max))"
        let store = try MongoSchedulerStore(
            connectionString: address, databaseName: name, applicationName: "tests", logger: silent)
        let intake = try MongoIntake(
            connectionString: address, databaseName: name, applicationName: "tests", logger: silent)
        let result: Result<Void, any Error>
        do { result = .success(try await body(intake, store, name)) } catch { result = .failure(error) }
        try? await store.dropDatabase()
        await intake.close()
        await store.close()
        try result.get()
    }

    private func withFile(_ body: (RelationalStore) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "intake-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try RelationalStore(path: folder.appending(path: "jobs.db").path)
        let result: Result<Void, any Error>
        do { result = .success(try await body(store)) } catch { result = .failure(error) }
        await store.close()
        try result.get()
    }

    private static func copy(_ number: UInt32, source: UInt32 = 1) -> StoreCopy {
        StoreCopy(source: Identifier(high: 7, low: source), copy: Identifier(high: 8, low: number))
    }

    /// A job of which every field is something, as far as they go together.
    private func fullJob(_ name: String) throws -> Job {
        var delivery = HTTPDelivery(url: "https://example.com/${runId}" as Template)
        delivery.headers = ["$odd.name": "a"]
        delivery.secretHeaders = ["Authorization": Secret("Bearer hush")]
        delivery.signingSecrets = [try SigningSecret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
        delivery.maxConcurrent = 2
        return try AdminFixture.job(name) { job in
            job.delivery = .http(delivery)
            job.isEnabled = false
            job.runExecutionTimeout = .milliseconds(1)
            job.runStartTimeout = .milliseconds(2)
            job.heartbeatTimeout = .milliseconds(3)
            job.maxQueueCount = 4
            job.allowsConcurrentRuns = true
            job.payload = .object(["a.b": .array([.null, .double(1.5), .int(7), .string("$set")]), "": .bool(true)])
            job.misfirePolicy = .all
            job.maxCatchUp = 5
            job.maxAttempts = 6
            job.startAt = start - .seconds(5)
            job.endAt = start + .seconds(500_000)
            job.jitter = .milliseconds(9)
            job.description = "ä \u{1F600}"
            job.labels = ["team": "ops", "app.kubernetes.io/name": "x"]
            job.retention = .seconds(86_400)
            job.dialect = .jobs(ServiceJobTerms(name: "$a.b", createdAt: start))
        }
    }

    /// A run of which every field is something.
    private func fullRun(_ number: UInt32, _ job: String, status: RunStatus) throws -> Run {
        var run = try StoreFixture.run(number, job, slot: Int64(number), epoch: 3)
        run.status = status
        run.startTime = start + .seconds(1)
        run.endTime = status.isFinal ? start + .seconds(2) : nil
        run.heartbeat = start + .seconds(1)
        run.attempt = 2
        run.payload = .string("p")
        run.progress = 0.5
        run.error = "e"
        run.result = .object(["r": .int(1)])
        run.note(["n"])
        run.attempts = [
            RunAttempt(attempt: 1, startTime: start, endTime: start + .seconds(1), status: .lost, error: "silent")
        ]
        run.retryAt = status == .pending ? start + .seconds(9) : nil
        run.publishedAt = status == .pending ? nil : start
        run.cancelledAt = status == .cancelling ? start : nil
        run.deadline = status.isFinal ? nil : AdminFixture.future
        run.isByHTTP = number % 2 == 0
        run.isWaiting = false
        run.revision = 5
        return run
    }

    @Test func `everything arrives as it was, unlocked, and a Scheduler goes on with it`() async throws {
        try await withFile { file in
            try await withIntake { intake, store, name in
                // In each part something of each kind, through the ports of the file.
                let full = try fullJob("full")
                #expect(try await file.create(full))
                #expect(try await file.create(try AdminFixture.job("held")))
                #expect(try await file.create(try AdminFixture.job("again")))
                let manager = StoreFixture.manager(1)
                try await file.register(manager, hostname: "here")
                for _ in 0..<3 {
                    #expect(try await file.lock([JobName("held")], for: manager).count == 1)
                    _ = try await file.release(manager)
                    try await file.register(manager, hostname: "here")
                }
                let held = try #require(try await file.lock([JobName("held")], for: manager).first)
                #expect(held.lockEpoch == 4)
                let skip = SlotSkip.skip(.misfire, 0, count: 3)
                let step = JobAdvance(
                    name: held.job.name, managerID: manager, lockEpoch: 4, from: start, to: start + .seconds(60),
                    skips: [skip])
                var slotRun = try StoreFixture.run(40, "held", slot: 0, epoch: 4)
                slotRun.deadline = start
                #expect(try await file.commit(SlotBatch(runs: [slotRun], steps: [step])) { true }.runs == [slotRun])
                // A deleted job whose run held the slot that the new one's has.
                let old = try await file.lock([JobName("again")], for: manager)
                let first = try StoreFixture.run(50, "again", slot: 7, epoch: try #require(old.first).lockEpoch)
                let oldStep = JobAdvance(
                    name: try JobName("again"), managerID: manager, lockEpoch: 1, from: start, to: start + .seconds(60))
                #expect(try await file.commit(SlotBatch(runs: [first], steps: [oldStep])) { true }.advanced.count == 1)
                #expect(try await file.delete(try JobName("again"), expected: nil) == .deleted)
                let tombstone = try #require(try await file.deletions(after: nil, limit: 9).first)
                while try await !file.retireRuns(of: tombstone) {}
                #expect(try await file.create(try AdminFixture.job("again") { $0.nextRunAt = AdminFixture.future }))
                #expect(try await file.lock([JobName("again")], for: manager).count == 1)
                let claim = IdempotencyClaim(
                    key: "abc", jobName: full.name, body: "def", runID: AdminFixture.runID(3))
                _ = try await file.claim(claim)
                try await file.settle(claim)
                #expect(try await file.insert(try AdminFixture.manualRun(9, "full", payload: .int(1))))
                let before = try await allRuns(file)

                let lines = try await Move(of: file, to: intake, name: name) { _ in }.run { _ in }
                #expect(lines.first?.hasPrefix("moved 3 jobs, 3 runs, 1 idempotency key, 1 deletion ") == true)

                try await store.prepare()
                let door = MongoBackDoor(store: store)
                var expected = KeptJob(full)
                expected.isNew = true
                #expect(try await door.job(kept: full.name) == expected)
                let moved = try #require(try await door.job(kept: held.job.name))
                #expect(moved.managerID == nil && moved.lockEpoch == 4 && moved.ownerLostAt != nil)
                #expect(moved.skips == [skip] && moved.skipped == [.misfire: 3])
                #expect(moved.job.nextRunAt == start + .seconds(60))
                let after = try await store.runs(before.map(\.id))
                #expect(after.sorted { $0.id < $1.id } == before)
                #expect(after.contains { $0.isRetired })
                #expect(try await store.deletions(after: nil, limit: 9) == [tombstone])
                let key = try #require(try await store.rawDocuments(in: "idempotency", [:]).first)
                #expect(key["done"] == true && key["runId"] == .objectID(claim.runID.value))
                #expect(try await store.rawDocuments(in: "managers", [:]).isEmpty)
                #expect(try await store.rawDocuments(in: "promotion", [:]).isEmpty)

                // Who was the owner is nobody now; the next one has a later epoch.
                try await store.register(manager, hostname: "there")
                let next = try await store.lock([held.job.name, full.name], for: manager)
                #expect(next.first { $0.job.name == held.job.name }?.lockEpoch == 5)
                #expect(next.first { $0.job.name == held.job.name }?.wasTakenFromDeadOwner == true)
                let zombie = SlotBatch(steps: [
                    JobAdvance(
                        name: held.job.name, managerID: manager, lockEpoch: 4, from: start + .seconds(60),
                        to: start + .seconds(120))
                ])
                #expect(try await store.commit(zombie) { true }.advanced.isEmpty)
            }
        }
    }

    private func allRuns(_ file: RelationalStore) async throws -> [Run] {
        var runs: [Run] = []
        while true {
            guard case .runs(let next) = try await file.batch(of: .runs, after: runs.last?.id.description),
                !next.isEmpty
            else { return runs }
            runs += next
        }
    }

    @Test func `a run in each state, with all its fields, is the same afterwards`() async throws {
        try await withIntake { intake, store, _ in
            _ = try await intake.begin(Self.copy(1))
            let runs = try RunStatus.allCases.enumerated().map {
                try fullRun(UInt32($0.offset + 1), "a", status: $0.element)
            }
            var waiting = try fullRun(20, "a", status: .pending)
            (waiting.isWaiting, waiting.retryAt) = (true, nil)
            var manual = try StoreFixture.run(21, "a", slot: nil, trigger: .manual)
            manual.isRetired = true
            let all = runs + [waiting, manual]
            try await intake.take(.runs(all), upTo: StorePosition(last: all[0].id.description, count: 1))
            #expect(Set(try await store.runs(all.map(\.id))) == Set(all))
        }
    }

    @Test func `Schedulers and APIs wait until it is open`() async throws {
        try await withIntake { intake, store, name in
            let copy = Self.copy(1)
            let admin = try MongoAdminStore(
                connectionString: try #require(MongoStoreScratch.address), databaseName: name,
                applicationName: "tests", logger: silent)
            #expect(try await intake.begin(copy) == [:])
            let early = await #expect(throws: StoreError.self) { try await store.prepare() }
            #expect(early?.code == .unavailable && early?.description.contains("promote") == true)
            let closed = await #expect(throws: StoreError.self) { _ = try await admin.probe() }
            #expect(closed?.code == .unavailable)
            #expect(try await !intake.open(Self.copy(2)), "another copy's mark stays")
            #expect(try await intake.open(copy))
            #expect(try await !intake.open(copy))
            try await store.prepare()
            _ = try await admin.probe()
            await admin.close()
        }
    }

    @Test func `only an empty database, or what the same source has left there, is filled`() async throws {
        let source = Self.copy(1).source
        for collection in ["jobs", "managers", "things.of.others"] {
            try await withIntake { intake, store, name in
                try await store.prepare()
                try await intake.look(for: source)
                try await store.putRaw(["_id": "x"], in: collection)
                let error = await #expect(throws: StoreError.self) { try await intake.begin(Self.copy(1)) }
                #expect(error?.description.contains(name) == true && error?.description.contains(collection) == true)
                #expect(try await store.rawDocuments(in: "promotion", [:]).isEmpty)
            }
        }
        try await withIntake { intake, store, _ in
            _ = try await intake.begin(Self.copy(1, source: 2))
            let error = await #expect(throws: StoreError.self) { try await intake.look(for: source) }
            #expect(error?.description.contains("a copy of other data") == true)
            try await intake.look(for: Self.copy(9, source: 2).source)
            try await store.putRaw(["_id": .objectID(source)], in: "managers")
            for check in [intake.checkIsUnused, { try await intake.look(for: Self.copy(1, source: 2).source) }] {
                let error = await #expect(throws: StoreError.self) { try await check() }
                #expect(error?.description.contains("a Scheduler works on") == true)
            }
        }
    }

    @Test func `a copy goes on where it was accounted for, and another one begins anew`() async throws {
        try await withIntake { intake, store, _ in
            let copy = Self.copy(1)
            _ = try await intake.begin(copy)
            let runs = try (1...6).map { try StoreFixture.run($0, "a", slot: Int64($0)) }
            let noted = StorePosition(last: runs[2].id.description, count: 3)
            try await intake.take(.runs(Array(runs[..<3])), upTo: noted)
            // Stored and not accounted for.
            _ = try await store.insertOrAdopt(Array(runs[3..<5]))
            #expect(try await intake.begin(copy) == [.runs: noted])
            #expect(try await store.runs(runs.map(\.id)).count == 3)
            try await intake.take(
                .runs(Array(runs[3...])), upTo: StorePosition(last: runs[5].id.description, count: 6))
            let job = WholeJob(id: "a", fields: ["enabled": .json(.bool(true))])
            try await intake.take(.jobs([job]), upTo: StorePosition(last: "a", count: 1))
            #expect(try await intake.begin(copy).count == 2)
            let twice = await #expect(throws: StoreError.self) {
                try await intake.take(.jobs([job]), upTo: StorePosition(last: "a", count: 1))
            }
            #expect(twice?.description.contains("a of the jobs is there already") == true)
            #expect(try await intake.begin(Self.copy(2)) == [:])
            #expect(try await store.rawDocuments(in: "jobs", [:]).isEmpty)
            #expect(try await store.runs(runs.map(\.id)).isEmpty)
        }
    }

    @Test func `a job that cannot be understood is the same document afterwards`() async throws {
        try await withIntake { intake, store, _ in
            let copy = Self.copy(1)
            _ = try await intake.begin(copy)
            let job = WholeJob(
                id: "a",
                fields: ["enabled": .json(.bool(true)), "interval": .json(.string("x")), "colour": .json(.int(1))])
            try await intake.take(.jobs([job]), upTo: StorePosition(last: "a", count: 1))
            let document = try #require(try await store.rawDocuments(in: "jobs", [:]).first)
            #expect(document["interval"] == "x" && document["colour"]?.wholeNumber == 1)
            #expect(try await store.unlockedJobs(after: nil, limit: 9).first?.job == nil)
        }
    }

    @Test func `a server that is not there is said in one sentence`() async throws {
        try await withFile { file in
            let intake = try MongoIntake(
                connectionString: "mongodb://u:s3cret@127.0.0.1:1/?serverSelectionTimeoutMS=300", databaseName: "x",
                applicationName: "tests", logger: silent)
            let error = await #expect(throws: StoreError.self) {
                _ = try await Move(of: file, to: intake, name: "mongodb://***@127.0.0.1:1/x") { _ in }.run { _ in }
            }
            #expect(error?.description.hasPrefix("mongodb://***@127.0.0.1:1/x cannot be reached: look whether") == true)
            #expect(error?.description.contains("s3cret") == false)
            await intake.close()
        }
    }
}
