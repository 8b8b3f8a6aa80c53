// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// A simulated process's monotonic time: the world's, with an offset of its own.
struct SimTime: MonotonicTime {
    let world: SimWorld
    let process: SimProcess
    let offset: Duration

    func uptime() -> Duration { world.now + offset }

    func sleep(for duration: Duration) async throws {
        guard !process.isDead else { throw CancellationError() }
        let sleeper = Sleeper()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                sleeper.start(continuation)
                world.after(max(duration, .microseconds(1))) { sleeper.end(nil) }
            }
        } onCancel: {
            sleeper.end(CancellationError())
        }
    }

    /// Resumes once: at the end of the sleep, or when the task is cancelled, even before it has begun.
    private final class Sleeper: Sendable {
        private struct State {
            var continuation: CheckedContinuation<Void, any Error>?
            var error: (any Error)?
            var isOver = false
        }

        private let state = Mutex(State())

        func start(_ continuation: CheckedContinuation<Void, any Error>) {
            let error = state.withLock { state -> (any Error)? in
                guard !state.isOver else { return state.error ?? CancellationError() }
                state.continuation = continuation
                return nil
            }
            if let error { continuation.resume(throwing: error) }
        }

        func end(_ error: (any Error)?) {
            let continuation = state.withLock { state in
                defer {
                    state.continuation = nil
                    state.isOver = true
                    state.error = error
                }
                return state.continuation
            }
            if let error { continuation?.resume(throwing: error) } else { continuation?.resume() }
        }
    }
}
