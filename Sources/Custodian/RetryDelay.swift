// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// How long to wait after the n-th failure in a row: 250 ms, doubled each time, at most 5 s.
package struct RetryDelay: Hashable, Sendable {
    private static let first = Duration.milliseconds(250)
    private static let longest = Duration.seconds(5)

    private var following = RetryDelay.first

    /// Starts with the shortest.
    package init() {}

    /// The wait after one more failure.
    package mutating func next() -> Duration {
        defer { following = min(following * 2, Self.longest) }
        return following
    }

    /// Success: the next wait is the shortest again.
    package mutating func reset() {
        following = Self.first
    }
}
