// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

/// A clock that a test sets; sleeping moves it on at once, and the current task is cancelled after so many sleeps.
package final class SettableClock: EngineClock {
    private struct State {
        var now: Timestamp
        var uptime = Duration.seconds(1_000)
        var sleeps = 0
    }

    private let state: Mutex<State>
    private let sleepsBeforeCancel: Int

    /// The wall clock starts at some moment of 2026 unless told otherwise.
    package init(
        now: Timestamp = Timestamp(millisecondsSinceEpoch: 1_790_000_000_000), sleepsBeforeCancel: Int = .max
    ) {
        state = Mutex(State(now: now))
        self.sleepsBeforeCancel = sleepsBeforeCancel
    }

    /// The wall clock in whole seconds since 1970.
    package var seconds: Int64 { now().millisecondsSinceEpoch / 1_000 }

    /// Steps the wall clock alone.
    package func set(_ now: Timestamp) {
        state.withLock { $0.now = now }
    }

    package func advance(by duration: Duration) {
        state.withLock { state in
            state.now = state.now + duration
            state.uptime += duration
        }
    }

    package func now() -> Timestamp { state.withLock { $0.now } }

    package func uptime() -> Duration { state.withLock { $0.uptime } }

    package func sleep(until deadline: Timestamp) async throws { try await sleep(for: deadline - now()) }

    package func sleep(for duration: Duration) async throws {
        advance(by: max(duration, .zero))
        let count = state.withLock { state in
            state.sleeps += 1
            return state.sleeps
        }
        if count >= sleepsBeforeCancel {
            withUnsafeCurrentTask { $0?.cancel() }
            throw CancellationError()
        }
    }
}
