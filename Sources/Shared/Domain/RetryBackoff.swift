// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// How long a failed run waits for its next attempt: longer after each, with jitter (contract, section 5).
///
/// | attempt that failed | wait with the defaults, before jitter |
/// |---|---|
/// | 1 | 1 s |
/// | 2 | 2 s |
/// | 3 | 4 s |
/// | 9 and later | 5 min |
package struct RetryBackoff: Hashable, Sendable {
    /// The wait after the first attempt.
    package var initial: Duration
    /// What each wait is multiplied by to give the next; 1 to 100.
    package var factor: Double
    /// The longest wait.
    package var maximum: Duration

    /// The durations are not negative.
    package init(initial: Duration = .seconds(1), factor: Double = 2, maximum: Duration = .seconds(300)) {
        self.initial = initial
        self.factor = factor
        self.maximum = maximum
    }

    /// The wait after `attempt` (from 1) has failed; `jitter` from 0 to 1 takes up to a fifth away, so that what failed
    /// together does not come back together.
    package func delay(after attempt: Int, jitter: Double) -> Duration {
        var wait = Double(initial.milliseconds)
        let limit = Double(maximum.milliseconds)
        for _ in 1..<max(1, min(attempt, 1_000)) where wait < limit { wait *= factor }
        return .milliseconds(Int64(min(wait, limit) * (1 - 0.2 * min(max(jitter, 0), 1))))
    }
}
