// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What may have to be mended in a worker's message so that its status counts (docs/bus.md); the raw values are metrics
/// labels.
package enum Mend: String, Hashable, Sendable, CaseIterable {
    /// Halves of surrogate pairs, bytes that are not UTF-8, NUL.
    case characters
    /// Control characters and backslashes that are not escaped.
    case escapes
    /// `NaN`, `Infinity`, `None` and other bare words.
    case words
    /// A number that no double can hold.
    case range
    /// Deeper than ``JSONReader/maximumDepth``.
    case depth
    /// Larger or longer than allowed.
    case size
    /// A duplicate key.
    case duplicate
    /// Of another type than it should be, and to be read all the same.
    case type
    /// Nothing that could be meant by it.
    case sense
    /// Refused by the database.
    case unstorable
}
