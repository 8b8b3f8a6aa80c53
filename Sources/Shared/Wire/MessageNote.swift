// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Says what was mended or left out of a worker's message: a line in the run's `notes`.
///
/// There are only so many different ones, none of which repeats what the worker sent.
package struct MessageNote: Hashable, Sendable, CustomStringConvertible {
    /// The member of the message.
    package let field: String
    /// What was wrong with it.
    package let mend: Mend
    /// What was done about it, or is wrong.
    package let outcome: String

    /// `outcome` = what was done where that does not follow from `mend`.
    package init(_ field: String, _ mend: Mend, _ outcome: String? = nil) {
        self.field = field
        self.mend = mend
        self.outcome = outcome ?? Self.outcome(of: mend)
    }

    package var description: String { "\(field): \(outcome)" }

    private static func outcome(of mend: Mend) -> String {
        switch mend {
        case .characters: "characters that are none (half a surrogate pair, not UTF-8, NUL), replaced by U+FFFD"
        case .escapes: "a control character or a backslash that was not escaped, kept as it is"
        case .words: "NaN, Infinity or another word that JSON does not have, replaced by null"
        case .range: "a number out of range, replaced by null"
        case .depth: "nested deeper than \(JSONReader.maximumDepth) levels, replaced by null from there on"
        case .size: "too large, left out"
        case .duplicate: "duplicate key, the last one counts"
        case .type: "of another type than expected, read as it was meant"
        case .sense: "makes no sense, left out"
        case .unstorable: "refused by the database, left out"
        }
    }
}

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
