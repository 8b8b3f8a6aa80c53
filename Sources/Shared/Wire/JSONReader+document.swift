// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension JSONReader {
    /// Reads a document of a server that is one object; `nil` when it is anything else.
    ///
    /// A byte order mark in front is passed over, as RFC 8259 (section 8.1) allows. Not so in tokens, of which there is
    /// one spelling only.
    package static func document(_ text: [UInt8]) -> [String: JSONValue]? {
        object(text.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(text.dropFirst(3)) : text)
    }
}
