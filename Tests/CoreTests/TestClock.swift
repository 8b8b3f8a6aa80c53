// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// A clock that a test sets; sleeping moves it on at once, and the current task is cancelled after so many sleeps.
final class TestClock: EngineClock {
    private struct State {
        var uptime = Duration.seconds(1000)
        var sleeps: [Duration] = []
    }

    private let state = Mutex(State())
    private let sleepsBeforeCancel: Int

    init(sleepsBeforeCancel: Int = .max) {
        self.sleepsBeforeCancel = sleepsBeforeCancel
    }

    var sleeps: [Duration] { state.withLock { $0.sleeps } }

    func advance(by duration: Duration) {
        state.withLock { $0.uptime += duration }
    }

    func now() -> Timestamp { Timestamp(millisecondsSinceEpoch: 0) + uptime() }

    func uptime() -> Duration { state.withLock { $0.uptime } }

    func sleep(until deadline: Timestamp) async throws { try await sleep(for: deadline - now()) }

    func sleep(for duration: Duration) async throws {
        let count = state.withLock { state in
            state.uptime += duration
            state.sleeps.append(duration)
            return state.sleeps.count
        }
        if count >= sleepsBeforeCancel {
            withUnsafeCurrentTask { $0?.cancel() }
            throw CancellationError()
        }
    }
}
