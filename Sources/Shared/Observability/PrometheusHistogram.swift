// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Metrics
private import Synchronization

/// Durations in fixed buckets.
final class PrometheusHistogram: TimerHandler, PrometheusSeries {
    static let kind = "histogram"

    /// The upper bounds in seconds, from a millisecond to a minute; the last bucket has none.
    static let bounds = [
        0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
    ]

    private struct State {
        var counts = [UInt64](repeating: 0, count: PrometheusHistogram.bounds.count + 1)
        var nanoseconds = 0.0
    }

    private let state = Mutex(State())

    func recordNanoseconds(_ duration: Int64) {
        let seconds = Double(duration) / 1e9
        let bucket = Self.bounds.firstIndex { seconds <= $0 } ?? Self.bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.nanoseconds += Double(duration)
        }
    }

    func samples() -> [PrometheusSample] {
        let now = state.withLock { $0 }
        var total: UInt64 = 0
        var samples: [PrometheusSample] = []
        for (index, count) in now.counts.enumerated() {
            total += count
            let bound = index < Self.bounds.count ? Self.bounds[index] : .infinity
            samples.append(
                PrometheusSample(
                    suffix: "_bucket", label: ("le", PrometheusText.number(bound)), value: Double(total)))
        }
        samples.append(PrometheusSample(suffix: "_sum", value: now.nanoseconds / 1e9))
        samples.append(PrometheusSample(suffix: "_count", value: Double(total)))
        return samples
    }
}
