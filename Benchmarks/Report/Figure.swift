// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One number that was measured.
struct Figure {
    /// Words joined by dots, the part first; never changes its meaning (docs/performance.md).
    let name: String
    let value: Double
    let unit: String
    let goal: Goal?
}
