// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Metrics
private import Synchronization

/// A counter of whole or fractional amounts.
final class PrometheusCounter: CounterHandler, FloatingPointCounterHandler, PrometheusSeries {
    static let kind = "counter"

    private let whole = Atomic<Int64>(0)
    private let fraction = Mutex(0.0)

    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        whole.wrappingAdd(amount, ordering: .relaxed)
    }

    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fraction.withLock { $0 += amount }
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fraction.withLock { $0 = 0 }
    }

    func samples() -> [PrometheusSample] {
        [PrometheusSample(value: Double(whole.load(ordering: .relaxed)) + fraction.withLock { $0 })]
    }
}
