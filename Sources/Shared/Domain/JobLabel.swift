// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The rules of labels, which sort jobs into groups (contract, section 5: a string map to filter by).
package enum JobLabel {
    /// The most labels of one job.
    package static let largestCount = 64
    /// What a key is, to complete "a key that is not".
    package static let keyRule = "1 to 63 of A-Z a-z 0-9 _ / -"
    /// What a value is, to complete "is not".
    package static let valueRule = "a text of at most 128 bytes without commas and control characters"

    /// Whether a key is allowed; no dots and dollars, which are paths and operators to MongoDB.
    package static func isKey(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    /// Whether a value is allowed; no comma, which separates the pairs of a filter.
    package static func isValue(_ text: String) -> Bool {
        text.utf8.count <= 128 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: ",") }
    }
}
