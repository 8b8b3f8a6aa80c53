// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What became of the tries to remove a deleted job's objects, and when the next one is due.
///
/// The pauses grow from a second to five minutes.
struct FailedRemoval {
    /// When to try again, by the monotonic clock.
    private(set) var nextTry = Duration.zero
    private var backoff: Backoff
    private var reason: String?
    private var isRefusal = false
    private var failures = 0

    /// One that has not failed yet.
    init(random: InjectedRandom) {
        backoff = Backoff(initial: .seconds(1), maximum: .seconds(300), random: random)
    }

    /// Whether somebody should know: what waits in a queue is mostly taken in before the next try.
    var isWorthTelling: Bool { isRefusal || failures > 2 }

    /// Notes a failure; gives whether it is worth telling and has not been told with this reason.
    mutating func fail(_ reason: String, isRefusal: Bool, now: Duration) -> Bool {
        failures += 1
        self.isRefusal = isRefusal
        nextTry = now + backoff.next()
        guard isWorthTelling, self.reason != reason else { return false }
        self.reason = reason
        return true
    }
}
