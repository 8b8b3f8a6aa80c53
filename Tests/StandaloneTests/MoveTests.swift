// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import SQLStore
import Shared
import Synchronization
import TestSupport
import Testing

@testable import StandaloneCommands

/// A database in memory that fails when it is told to.
private final class MemoryIntake: StoreIntake {
    struct State {
        var mark: StoreCopy?
        var isForeign = false
        var isWorkedOn = false
        var keys: [StorePart: [String]] = [:]
        var positions: [StorePart: StorePosition] = [:]
        var jobs: [WholeJob] = []
        var callbackKey: CallbackKey?
        var callsLeft = Int.max
        var failure = StoreError(.rejected, "as told")
        var calls = 0
    }

    let state = Mutex(State())

    private func call<Value>(_ work: (inout State) throws(StoreError) -> Value) throws(StoreError) -> Value {
        try state.withLock { state throws(StoreError) in
            state.calls += 1
            state.callsLeft -= 1
            guard state.callsLeft >= 0 else { throw state.failure }
            return try work(&state)
        }
    }

    func look(for source: Identifier) async throws(StoreError) {
        try call { state throws(StoreError) in
            guard !state.isForeign, state.mark?.source ?? source == source, state.mark != nil || state.keys.isEmpty
            else { throw StoreError(.rejected, "not empty") }
        }
    }

    func begin(_ copy: StoreCopy) async throws(StoreError) -> [StorePart: StorePosition] {
        try call { state throws(StoreError) in
            if state.mark != copy { (state.keys, state.positions) = ([:], [:]) }
            state.mark = copy
            // What is not accounted for goes.
            for part in StorePart.allCases {
                state.keys[part] = state.keys[part].map { Array($0.prefix(state.positions[part]?.count ?? 0)) }
            }
            return state.positions
        }
    }

    func take(_ batch: StoreBatch, upTo position: StorePosition) async throws(StoreError) {
        try call { state throws(StoreError) in
            guard state.mark != nil else { throw StoreError(.rejected, "there is no mark") }
            state.keys[batch.part, default: []] += batch.keys
            if case .jobs(let jobs) = batch { state.jobs += jobs }
            // Between the two a crash is possible.
            state.callsLeft -= 1
            guard state.callsLeft >= 0 else { throw state.failure }
            state.positions[batch.part] = position
        }
    }

    func take(_ key: CallbackKey) async throws(StoreError) {
        try call { state in state.callbackKey = key }
    }

    func checkIsUnused() async throws(StoreError) {
        try call { state throws(StoreError) in
            if state.isWorkedOn { throw StoreError(.rejected, "a Scheduler works on it") }
        }
    }

    func open(_ copy: StoreCopy) async throws(StoreError) -> Bool {
        try call { state in
            defer { if state.mark == copy { state.mark = nil } }
            return state.mark == copy
        }
    }

    func close() async {}
}

@Suite(.timeLimit(.minutes(2))) struct MoveTests {
    private let key = CallbackKey()

    private func withFile(jobs: Int, _ body: (_ path: String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "move-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "jobs.db").path
        let store = try RelationalStore(path: path)
        #expect(try await store.callbackKey(orElse: key) == key)
        for number in 0..<jobs {
            #expect(try await store.create(try AdminFixture.job("job\(number)")))
            #expect(try await store.insert(try AdminFixture.manualRun(UInt32(number), "job\(number)")))
        }
        await store.close()
        try await body(path)
    }

    /// As another process each time.
    private func move(
        _ path: String, to intake: MemoryIntake, name: String = "there", patience: Duration = .zero,
        stopped: @escaping @Sendable () -> Void = {}
    ) async throws -> Result<[String], StoreError> {
        let store = try RelationalStore(path: path, isForCare: true)
        let move = Move(of: store, to: intake, name: name, patience: patience) { _ in }
        let result: Result<[String], StoreError>
        do throws(StoreError) { result = .success(try await move.run { _ in stopped() }) } catch {
            result = .failure(error)
        }
        await store.close()
        return result
    }

    private func isServed(_ path: String) async -> Bool {
        guard let store = try? RelationalStore(path: path) else { return false }
        await store.close()
        return true
    }

    @Test func `everything is moved once, and the file is done for`() async throws {
        try await withFile(jobs: 3) { path in
            let intake = MemoryIntake()
            let lines = try await move(path, to: intake).get()
            #expect(lines[0] == "moved 3 jobs, 3 runs, 0 idempotency keys, 0 deletions to the database there")
            #expect(intake.state.withLock { $0.keys[.jobs] } == ["job0", "job1", "job2"])
            #expect(intake.state.withLock { $0.mark == nil })
            #expect(intake.state.withLock { $0.callbackKey } == key)
            #expect(await !isServed(path))
            #expect(try await move(path, to: intake).get() == ["everything is in the database there already"])
            let elsewhere = MemoryIntake()
            let refused = try await move(path, to: elsewhere, name: "elsewhere")
            #expect(throws: StoreError.self) { try refused.get() }
            #expect(elsewhere.state.withLock(\.calls) == 0)
        }
    }

    @Test func `nothing stops for a target that cannot be filled`() async throws {
        try await withFile(jobs: 1) { path in
            let intake = MemoryIntake()
            intake.state.withLock { $0.isForeign = true }
            let hasStopped = StopSignal()
            let result = try await move(path, to: intake) { hasStopped.raise() }
            #expect(throws: StoreError.self) { try result.get() }
            #expect(!hasStopped.isRaised)
            #expect(await isServed(path))
        }
    }

    @Test func `secrets of deliveries are moved, too`() async throws {
        try await withFile(jobs: 0) { path in
            var delivery = HTTPDelivery(url: "http://h/")
            delivery.secretHeaders = ["Authorization": Secret("Bearer hush")]
            delivery.signingSecrets = [try SigningSecret("a secret of ours, long enough")]
            let store = try RelationalStore(path: path)
            #expect(try await store.create(try AdminFixture.job("a") { $0.delivery = .http(delivery) }))
            await store.close()
            let intake = MemoryIntake()
            let said = try await move(path, to: intake).get()
            #expect(!said.joined().contains("hush"))
            let moved = intake.state.withLock(\.jobs)
            #expect(moved.count == 1)
            guard case .json(let json)? = moved.first?.fields["delivery"] else { throw CancellationError() }
            #expect(json == JobDelivery.http(delivery).storedJSON)
        }
    }

    @Test func `broken off anywhere it can be run again, and the jobs are in one place`() async throws {
        try await withFile(jobs: 1_500) { path in
            for isServedBetween in [false, true] {
                var calls = 0
                while calls < 100 {
                    calls += 1
                    let copy = path + ".\(isServedBetween)\(calls)/jobs.db"
                    try FileManager.default.createDirectory(
                        atPath: (copy as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
                    try FileManager.default.copyItem(atPath: path, toPath: copy)
                    let intake = MemoryIntake()
                    intake.state.withLock { $0.callsLeft = calls }
                    let first = try await move(copy, to: intake)
                    if case .success = first { break }
                    let isOpen = intake.state.withLock { $0.mark == nil && !$0.keys.isEmpty }
                    if isServedBetween {
                        // Whoever may fire is one alone.
                        let isServed = await self.isServed(copy)
                        #expect(!(isServed && isOpen))
                    }
                    intake.state.withLock { $0.callsLeft = .max }
                    _ = try await move(copy, to: intake).get()
                    let (keys, mark) = intake.state.withLock { ($0.keys, $0.mark) }
                    #expect(mark == nil)
                    #expect(keys[.jobs]?.count == 1_500 && Set(keys[.jobs] ?? []).count == 1_500)
                    #expect(keys[.runs]?.count == 1_500 && Set(keys[.runs] ?? []).count == 1_500)
                    #expect(await !isServed(copy))
                }
                #expect(calls > 10, "each call failed once")
            }
        }
    }

    @Test func `a server that comes back is waited for, and one that does not ends it`() async throws {
        try await withFile(jobs: 5) { path in
            let intake = MemoryIntake()
            intake.state.withLock { state in
                state.callsLeft = 3
                state.failure = StoreError(.unavailable, "away")
            }
            let back = Task {
                try await Task.sleep(for: .milliseconds(500))
                intake.state.withLock { $0.callsLeft = .max }
            }
            _ = try await move(path, to: intake, patience: .seconds(60)).get()
            try await back.value
            #expect(intake.state.withLock { $0.keys[.jobs]?.count } == 5)
        }
        try await withFile(jobs: 5) { path in
            let intake = MemoryIntake()
            intake.state.withLock { state in
                state.callsLeft = 3
                state.failure = StoreError(.unavailable, "away")
            }
            let result = try await move(path, to: intake)
            let error = #expect(throws: StoreError.self) { try result.get() }
            #expect(error?.description.contains("cannot be reached") == true)
            #expect(await isServed(path))
        }
    }

    @Test func `a Scheduler that came too early is noticed before the file is given up`() async throws {
        try await withFile(jobs: 1) { path in
            let intake = MemoryIntake()
            intake.state.withLock { $0.isWorkedOn = true }
            let result = try await move(path, to: intake)
            #expect(throws: StoreError.self) { try result.get() }
            #expect(await isServed(path))
        }
    }

    @Test(arguments: [
        ("mongodb://u:s3cret@h:1/x?tls=true", "mongodb://***@h:1/x"), ("mongodb://h", "mongodb://h/jobs"),
        ("mongodb://h/", "mongodb://h/jobs"), ("mongodb://u:s3cret@h,i/?replicaSet=r", "mongodb://***@h,i/jobs"),
        ("mongodb+srv://u:s3cret@a.b.c", "mongodb+srv://***@a.b.c/jobs"),
    ])
    func `a target is named without what is secret`(text: String, name: String) throws {
        let target = try MoveTarget(text, orElse: "jobs")
        #expect(target.name == name)
        #expect(MoveTarget(line: String(target.line.dropLast())) == target, "over the socket it is the same")
    }

    @Test(arguments: [
        "", "postgresql://u:s3cret@h/x", "mongodb://u:s3cret", "https://u:s3cret@h", "mongodb://u:s3:cret@h/x",
        "mongodb://u:s3cret@h/a b", "mongodb://u:s3cret@h/a%0Ab", "mongodb://u:s3cret@h/?noSuchOption=1",
    ])
    func `what is no target is refused without a word of it`(text: String) {
        let error = #expect(throws: InvalidAddress.self) { try MoveTarget(text, orElse: "jobs") }
        #expect(error?.description.contains("s3cret") == false)
    }
}
