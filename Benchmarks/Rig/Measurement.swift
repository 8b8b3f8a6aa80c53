// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Histogram
import Shared

/// What was seen of the slots of a span of time.
struct Measurement {
    let start: Timestamp
    let end: Timestamp
    /// How many slots lay in it, and how many of their actions arrived.
    let expected: Int
    let seen: Int
    /// Arrival in the worker's queue, as the consumer sees it, less the slot; µs.
    let lags: Histogram<UInt32>
    /// Messages that arrived per second.
    let published: Double
    /// Confirms per second of the span, as the Scheduler counts them.
    let confirmed: Double
    /// What all processes used from start to end.
    let cpu: CPUTimes

    /// Length in seconds.
    var seconds: Double { (end - start) / .seconds(1) }
    /// In ms.
    var p99: Double { Double(lags.valueAtPercentile(99)) / 1000 }
    /// Whether every action came and 99 of 100 within a second: the rate is one that the Scheduler can hold.
    var isHeld: Bool { seen == expected && p99 <= 1000 }
}
