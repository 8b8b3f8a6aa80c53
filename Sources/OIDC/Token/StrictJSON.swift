// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// JSON that can be read in one way only: RFC 8259 to the letter, UTF-8, no name twice in an object, no NUL, not deep.
///
/// Why not Foundation's: it takes duplicate names without a word and keeps one of them, and other readers of the same
/// token keep the other. Finding duplicates takes a whole reader (names may be escaped), and what a second one then made
/// of the same text could differ; so this one also gives the values.
enum StrictJSON {
    /// How deep arrays and objects may nest.
    static let maximumDepth = 32

    /// Reads a text that is one object; `nil` when it is anything else.
    static func object(_ text: [UInt8]) -> [String: JSONValue]? {
        guard let valid = String(validating: text, as: UTF8.self), !text.contains(0) else { return nil }
        _ = valid
        var reader = StrictJSONReader(text)
        guard case .object(let members)? = reader.readDocument() else { return nil }
        return members
    }
}
