// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Metrics
private import Synchronization

/// Sum and count of recorded amounts, without quantiles.
final class PrometheusSummary: RecorderHandler, PrometheusSeries {
    static let kind = "summary"

    private let state = Mutex((sum: 0.0, count: 0.0))

    func record(_ value: Int64) { record(Double(value)) }

    func record(_ value: Double) {
        guard value.isFinite else { return }
        state.withLock { $0 = ($0.sum + value, $0.count + 1) }
    }

    func samples() -> [PrometheusSample] {
        let (sum, count) = state.withLock { $0 }
        return [PrometheusSample(suffix: "_sum", value: sum), PrometheusSample(suffix: "_count", value: count)]
    }
}
