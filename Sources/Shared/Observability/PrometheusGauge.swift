// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Metrics
private import Synchronization

/// The latest value of something.
final class PrometheusGauge: RecorderHandler, MeterHandler, PrometheusSeries {
    static let kind = "gauge"

    private let current = Mutex(0.0)

    func record(_ value: Int64) { set(Double(value)) }
    func record(_ value: Double) { set(value) }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { current.withLock { $0 = value } }
    func increment(by amount: Double) { current.withLock { $0 += amount } }
    func decrement(by amount: Double) { current.withLock { $0 -= amount } }

    func samples() -> [PrometheusSample] {
        [PrometheusSample(value: current.withLock { $0 })]
    }
}
