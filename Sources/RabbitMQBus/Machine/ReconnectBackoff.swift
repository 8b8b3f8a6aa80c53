// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// How long to wait before the next try: doubling from 100 ms to 5 s, each between half and the whole of it.
///
/// | failure | wait |
/// |---|---|
/// | 1 | 50 to 100 ms |
/// | 2 | 100 to 200 ms |
/// | 7 and more | 2.5 to 5 s |
struct ReconnectBackoff {
    private static let first = Duration.milliseconds(100)
    private static let limit = Duration.seconds(5)

    private var failures = 0
    private var random: SplitMix64

    /// Starts a sequence; the same seed gives the same waits.
    init(seed: UInt64) {
        random = SplitMix64(state: seed)
    }

    /// The wait after one more failure.
    mutating func next() -> Duration {
        let full = min(Self.first * (1 << min(failures, 10)), Self.limit)
        failures += 1
        return full / 2 + full / 2 * Double.random(in: 0...1, using: &random)
    }

    /// After a success.
    mutating func reset() {
        failures = 0
    }
}
