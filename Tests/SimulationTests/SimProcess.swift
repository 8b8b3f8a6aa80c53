// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization
import TestSupport

/// One simulated process: its tasks run only when the world pumps them, so it can be paused and killed between any two
/// steps, as SIGSTOP and SIGKILL do.
final class SimProcess: TaskExecutor, Sendable {
    private struct State {
        var ready: [UnownedJob] = []
        var pausedUntil: Duration = .zero
        var isDead = false
        var onDeath: [@Sendable () -> Void] = []
    }

    let name: String
    private let state = Mutex(State())

    init(name: String) {
        self.name = name
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.ready.append(job) }
    }

    var isDead: Bool { state.withLock { $0.isDead } }

    /// Whether it has something to run at `now`.
    func isReady(at now: Duration) -> Bool {
        state.withLock { !$0.ready.isEmpty && $0.pausedUntil <= now }
    }

    /// When a pause ends that keeps it from running; `nil` = nothing waits for that.
    func wakesAt(after now: Duration) -> Duration? {
        state.withLock { $0.ready.isEmpty || $0.pausedUntil <= now ? nil : $0.pausedUntil }
    }

    /// Runs one job, any of those that are ready.
    func runOne(using random: inout SplitMix) {
        let job = state.withLock { state -> UnownedJob? in
            guard !state.ready.isEmpty else { return nil }
            return state.ready.remove(at: Int.random(in: 0..<state.ready.count, using: &random))
        }
        job?.runSynchronously(on: asUnownedTaskExecutor())
    }

    func pause(until end: Duration) {
        state.withLock { $0.pausedUntil = end }
    }

    /// From now on nothing that the process does has any effect; its tasks are cancelled so that they come to an end.
    func kill() {
        let handlers = state.withLock { state in
            defer { state.onDeath = [] }
            state.isDead = true
            state.pausedUntil = .zero
            return state.onDeath
        }
        for handler in handlers { handler() }
    }

    func onDeath(_ handler: @escaping @Sendable () -> Void) {
        state.withLock { $0.onDeath.append(handler) }
    }
}
