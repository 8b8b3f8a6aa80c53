// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What a figure is measured against.
enum Goal {
    case atLeast(Double)
    case atMost(Double)

    /// Whether a value reaches it.
    func isReached(by value: Double) -> Bool {
        switch self {
        case .atLeast(let bound): value >= bound
        case .atMost(let bound): value <= bound
        }
    }

    /// As in the table.
    var text: String {
        switch self {
        case .atLeast(let bound): "≥ \(bound.shortText)"
        case .atMost(let bound): "≤ \(bound.shortText)"
        }
    }
}
