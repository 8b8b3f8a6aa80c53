// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Metrics

/// Counts slots that got no run, by reason: `simple_scheduler_slots_skipped_total`.
package struct SkipCounters: Sendable {
    private let counters: [SkipReason: Counter]

    /// Registers the figures with the process's metrics system, which must be set up before.
    package init() {
        counters = Dictionary(
            uniqueKeysWithValues: SkipReason.allCases.map { ($0, Counter(.slotsSkipped, MetricDimension(.reason, $0))) }
        )
    }

    /// Counts a row.
    package func count(_ skip: SlotSkip) { counters[skip.reason]?.increment(by: skip.count) }
}
