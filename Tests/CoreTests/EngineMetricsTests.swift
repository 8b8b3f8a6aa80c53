// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Testing

@testable import Core

@Suite struct EngineMetricsTests {
    /// More nanoseconds than an Int64 holds would end the process.
    @Test(arguments: [2_000, 100_000]) func `a slot of another millennium is counted`(years: Int) {
        EngineMetrics().fired(late: .seconds(years * 31_556_952))
        EngineMetrics().fired(late: .zero - .seconds(years * 31_556_952))
    }
}
