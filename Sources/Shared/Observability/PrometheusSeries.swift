// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Metrics
private import Synchronization

/// One series of a metric: it knows its kind and its present samples.
protocol PrometheusSeries: AnyObject, Sendable {
    /// The word after `# TYPE`.
    static var kind: String { get }
    /// The samples now, to be shown in this order.
    func samples() -> [PrometheusSample]
}

/// A sample of a series: what is added to its name and its labels, and the value.
struct PrometheusSample: Sendable {
    var suffix = ""
    var label: (String, String)?
    var value: Double
}

/// A count of what has happened.
final class PrometheusCounter: CounterHandler, PrometheusSeries {
    static let kind = "counter"

    private let total = Atomic<Int64>(0)

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        total.wrappingAdd(amount, ordering: .relaxed)
    }

    func reset() { total.store(0, ordering: .relaxed) }

    func samples() -> [PrometheusSample] {
        [PrometheusSample(value: Double(total.load(ordering: .relaxed)))]
    }
}

/// The latest value of something.
final class PrometheusGauge: RecorderHandler, PrometheusSeries {
    static let kind = "gauge"

    private let current = Mutex(0.0)

    func record(_ value: Int64) { record(Double(value)) }
    func record(_ value: Double) { current.withLock { $0 = value } }

    func samples() -> [PrometheusSample] {
        [PrometheusSample(value: current.withLock { $0 })]
    }
}

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
