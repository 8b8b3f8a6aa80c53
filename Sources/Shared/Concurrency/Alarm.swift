// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Synchronization

/// Wakes one waiting task; a ring that comes before the wait is not lost, several before it count as one.
///
/// Anybody may ring, from any thread. One task at a time waits.
package final class Alarm: Sendable {
    private struct State {
        var isRung = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    private let state = Mutex(State())

    /// An alarm that has not rung.
    package init() {}

    /// Wakes the waiter, or lets the next wait return at once.
    package func ring() {
        let waiter = state.withLock { state in
            defer { state.waiter = nil }
            if state.waiter == nil { state.isRung = true }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Waits for a ring; returns early when the task is cancelled.
    package func wait() async {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let resumesNow = state.withLock { state in
                    if state.isRung || Task.isCancelled {
                        state.isRung = false
                        return true
                    }
                    state.waiter = continuation
                    return false
                }
                if resumesNow { continuation.resume() }
            }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume()
        }
    }

    /// Waits for a ring or for the clock to reach `deadline` (`nil` = never), whichever is first.
    package func wait(until deadline: Timestamp?, clock: any EngineClock) async {
        guard let deadline else { return await wait() }
        await race { try? await clock.sleep(until: deadline) }
    }

    /// Waits for a ring or for a span of monotonic time, whichever is first.
    package func wait(for duration: Duration, clock: any EngineClock) async {
        await race { try? await clock.sleep(for: duration) }
    }

    private func race(_ sleep: @escaping @Sendable () async -> Void) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await sleep() }
            group.addTask { await self.wait() }
            await group.next()
            group.cancelAll()
        }
    }
}
