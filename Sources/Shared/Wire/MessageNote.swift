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
    private let outcome: String

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
