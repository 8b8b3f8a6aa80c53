// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The labels of our metrics.
///
/// Their values come from enumerations only, so the number of series is bounded.
package enum MetricLabel: String, CaseIterable, Sendable {
    /// How something ended.
    case outcome
    /// Why something was done or left undone.
    case reason
    /// Which kind of thing it was.
    case kind
    /// Which operation of the API was asked for.
    case operation
    /// The HTTP status of an answer.
    case status
    /// What something became.
    case to
}
