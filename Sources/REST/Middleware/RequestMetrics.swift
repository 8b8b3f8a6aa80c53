// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Metrics
import Shared
import Synchronization

/// Counts and times requests; the series are looked up once each.
final class RequestMetrics: Sendable {
    private struct Key: Hashable {
        let operation: Operation
        let status: Int
    }

    private struct Series: Sendable {
        let count: Counter
        let time: Timer
    }

    private let series = Mutex<[Key: Series]>([:])

    func record(_ operation: Operation, status: Int, time: Duration) {
        let found = series.withLock { series in
            let key = Key(operation: operation, status: status)
            if let known = series[key] { return known }
            let new = Series(
                count: Counter(
                    .apiRequests, MetricDimension(.operation, operation),
                    MetricDimension(.status, StatusLabel(status))),
                time: Timer(.apiRequestTime, MetricDimension(.operation, operation)))
            series[key] = new
            return new
        }
        found.count.increment()
        found.time.record(duration: time)
    }
}
