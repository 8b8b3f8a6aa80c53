// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Growing pauses between tries: doubled each time from `initial` to `maximum`, each cut by up to a half at random so
/// that many waiting processes do not come back together.
///
/// | try | 1 | 2 | 3 | … |
/// |---|---|---|---|---|
/// | pause of (100 ms, 2 s) | 50–100 ms | 100–200 ms | 200–400 ms | up to 1–2 s |
package struct Backoff: Sendable {
    private let initial: Duration
    private let maximum: Duration
    private var random: InjectedRandom
    private var tries = 0

    /// A row of pauses that starts anew.
    package init(
        initial: Duration = .milliseconds(100), maximum: Duration = .seconds(2),
        random: InjectedRandom = InjectedRandom()
    ) {
        self.initial = initial
        self.maximum = maximum
        self.random = random
    }

    /// The pause before the next try.
    package mutating func next() -> Duration {
        let full = min(initial * (1 << min(tries, 20)), maximum)
        tries += 1
        return full * Double.random(in: 0.5...1, using: &random)
    }

    /// After a success: the next pause is the shortest again.
    package mutating func reset() {
        tries = 0
    }
}
