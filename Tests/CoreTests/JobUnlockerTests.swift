// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Logging
import Shared
import Synchronization
import TestSupport
import Testing

struct JobUnlockerTests {
    private let store = ScriptedStore()
    private let bus = RecordingBus()

    private func unlocker(_ clock: TestClock, cleanupInterval: Duration = .seconds(1)) -> JobUnlocker {
        JobUnlocker(
            store: store, bus: bus, clock: clock, cleanupInterval: cleanupInterval, heartbeatTimeout: .seconds(15),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    /// In a task of its own, which the clock cancels.
    private func runUntilCancelled(_ unlocker: JobUnlocker) async throws {
        try await Task { try await unlocker.run() }.value
    }

    private func unavailable() { store.state.withLock { $0.error = StoreError(.unavailable, "down") } }
    private func available() { store.state.withLock { $0.error = nil } }
    private var unlockCalls: Int { store.state.withLock { $0.limits.count } }

    @Test func `it calls until nothing comes back, and hints at the legal names`() async throws {
        store.state.withLock { $0.batches = [["a", "b"], ["no name!", "c"]] }
        #expect(try await unlocker(TestClock()).runOnce() == .done)
        #expect(unlockCalls == 3)
        #expect(bus.hints == [.jobsChanged(try ["a", "b", "c"].map { try JobName($0) })])
    }

    @Test func `more than a hundred jobs are not named`() async throws {
        store.state.withLock { $0.batches = [(0..<100).map { "j\($0)" }, ["x"]] }
        _ = try await unlocker(TestClock()).runOnce()
        #expect(bus.hints == [.jobsUnlocked])
    }

    @Test func `a hundred jobs are named in one hint`() async throws {
        store.state.withLock { $0.batches = [(0..<100).map { "j\($0)" }] }
        _ = try await unlocker(TestClock()).runOnce()
        #expect(bus.hints == [.jobsChanged(try (0..<100).map { try JobName("j\($0)") })])
    }

    @Test func `after trouble nobody is unlocked for one time-out`() async throws {
        let clock = TestClock()
        let unlocker = unlocker(clock)
        unavailable()
        #expect(try await unlocker.runOnce() == .failed)
        available()
        for _ in 0..<15 {
            #expect(try await unlocker.runOnce() == .held)
            clock.advance(by: .seconds(1))
        }
        #expect(unlockCalls == 0)
        #expect(try await unlocker.runOnce() == .done)
        #expect(unlockCalls == 1)
    }

    @Test func `a call that hangs for long is trouble even when it succeeds`() async throws {
        let clock = TestClock()
        let unlocker = unlocker(clock)
        #expect(try await unlocker.runOnce() == .done)
        store.state.withLock { $0.onCall = { clock.advance(by: .seconds(11)) } }
        #expect(try await unlocker.runOnce() == .held)
        #expect(unlockCalls == 1)
    }

    @Test func `a search that hangs does not take its own time for the owners' silence`() async throws {
        let store = store
        store.state.withLock { state in
            state.batches = [["a"]]
            state.onCall = { store.state.withLock { $0.time = $0.time + .seconds(10) } }
        }
        _ = try await unlocker(TestClock()).runOnce()
        // The clock is read at 10 s and again at 30 s; the searches arrive ten seconds later.
        #expect(store.state.withLock { $0.limits }.map(\.millisecondsSinceEpoch) == [-5_000, 15_000])
    }

    @Test func `what was unlocked before trouble is hinted at`() async throws {
        store.state.withLock { state in
            state.batches = [["a"]]
        }
        let store = store
        let unlocker = unlocker(TestClock())
        store.state.withLock { state in
            state.onCall = {
                store.state.withLock { if $0.limits.count == 1 { $0.error = StoreError(.unavailable, "down") } }
            }
        }
        #expect(try await unlocker.runOnce() == .failed)
        #expect(bus.hints == [.jobChanged(try JobName("a"))])
    }

    @Test func `a refusal for good ends it`() async {
        store.state.withLock { $0.error = StoreError(.forbidden, "no") }
        let error = await #expect(throws: StoreError.self) { try await unlocker(TestClock()).run() }
        #expect(error?.code == .forbidden)
    }

    @Test func `it sweeps once an interval`() async throws {
        let clock = TestClock(sleepsBeforeCancel: 4)
        try await runUntilCancelled(unlocker(clock))
        #expect(clock.sleeps == Array(repeating: .seconds(1), count: 4))
        #expect(unlockCalls == 4)
    }

    @Test func `it keeps contact during a long interval`() async throws {
        let clock = TestClock(sleepsBeforeCancel: 13)
        try await runUntilCancelled(unlocker(clock, cleanupInterval: .seconds(60)))
        #expect(unlockCalls == 2)
        #expect(store.state.withLock { $0.contacts } == 2 + 11)
    }

    @Test func `it waits out an outage with growing pauses`() async throws {
        let clock = TestClock(sleepsBeforeCancel: 6)
        unavailable()
        try await runUntilCancelled(unlocker(clock))
        #expect(clock.sleeps.count == 6)
        for (sleep, longest) in zip(clock.sleeps, [250, 500, 1000, 2000, 4000, 5000]) {
            #expect(sleep <= .milliseconds(longest) && sleep >= .milliseconds(longest) / 2)
        }
    }

    @Test func `readiness follows the database`() async throws {
        let clock = TestClock()
        let unlocker = unlocker(clock)
        func database() async -> ReadinessCheck? { await unlocker.readiness().first { $0.name == "database" } }
        #expect(await database()?.isOK == false)
        _ = try await unlocker.runOnce()
        #expect(await database()?.isOK == true)
        unavailable()
        _ = try await unlocker.runOnce()
        #expect(await database()?.isOK == false)
        available()
        _ = try await unlocker.runOnce()
        clock.advance(by: .seconds(5))
        #expect(
            await database()
                == ReadinessCheck("database", isOK: true, detail: "nothing is unlocked for another 10000 ms"))
    }
}
