// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// A clock that a test sets; sleeping moves it on at once, and the current task is cancelled after so many sleeps.
final class SettableClock: EngineClock {
    private struct State {
        var uptime = Duration.seconds(1_000)
        var sleeps = 0
    }

    private let state = Mutex(State())
    private let sleepsBeforeCancel: Int

    init(sleepsBeforeCancel: Int = .max) {
        self.sleepsBeforeCancel = sleepsBeforeCancel
    }

    /// The wall clock at the start: some moment of 2026.
    static let start = Timestamp(millisecondsSinceEpoch: 1_790_000_000_000)

    var seconds: Int64 { now().millisecondsSinceEpoch / 1_000 }

    func advance(by duration: Duration) {
        state.withLock { $0.uptime += duration }
    }

    func now() -> Timestamp { Self.start + (uptime() - .seconds(1_000)) }

    func uptime() -> Duration { state.withLock { $0.uptime } }

    func sleep(until deadline: Timestamp) async throws { try await sleep(for: deadline - now()) }

    func sleep(for duration: Duration) async throws {
        let count = state.withLock { state in
            state.uptime += max(duration, .zero)
            state.sleeps += 1
            return state.sleeps
        }
        if count >= sleepsBeforeCancel {
            withUnsafeCurrentTask { $0?.cancel() }
            throw CancellationError()
        }
    }
}
