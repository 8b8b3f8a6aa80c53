// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Why a measurement is worth nothing: something was lost, doubled, or took too long.
struct BenchmarkFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
