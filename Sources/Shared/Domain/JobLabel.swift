// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The rules of labels, which sort jobs into groups (contract, section 5: a string map to filter by).
package enum JobLabel {
    /// The most labels of one job.
    package static let largestCount = 64
    /// What a key is, to complete "a key that is not".
    package static let keyRule =
        "1 to 63 of A-Z a-z 0-9 . _ -, with a letter or digit at both ends, or such a name behind a DNS name of at most "
        + "253 characters and a / (app.kubernetes.io/name)"
    /// What a value is, to complete "is not".
    package static let valueRule = "a text of at most 128 bytes without commas and control characters"

    /// Whether a key is allowed: those of Kubernetes ("Labels and Selectors", "Syntax and character set"), and those that
    /// were allowed before, of 1 to 63 letters, digits, `_`, `/` and `-` in any order.
    package static func isKey(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        switch parts.count {
        case 1 where isName(parts[0].utf8): return true
        case 2 where isDomain(parts[0]) && isName(parts[1].utf8): return true
        default: return isPlainKey(text)
        }
    }

    /// Whether a value is allowed; no comma, which separates the pairs of a filter.
    package static func isValue(_ text: String) -> Bool {
        text.utf8.count <= 128 && text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f && $0 != UInt8(ascii: ",") }
    }

    private static func isName(_ text: Substring.UTF8View) -> Bool {
        guard (1...63).contains(text.count), let first = text.first, let last = text.last else { return false }
        return first.isAlphanumeric && last.isAlphanumeric
            && text.allSatisfy { $0.isAlphanumeric || ".-_".utf8.contains($0) }
    }

    /// RFC 1123, section 2.1, in lower case as Kubernetes wants it.
    private static func isDomain(_ text: Substring) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { part in
            guard let first = part.utf8.first, let last = part.utf8.last else { return false }
            return isLowercase(first) && isLowercase(last)
                && part.utf8.allSatisfy { isLowercase($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isPlainKey(_ text: String) -> Bool {
        (1...63).contains(text.utf8.count) && text.utf8.allSatisfy { $0.isAlphanumeric || "_/-".utf8.contains($0) }
    }

    private static func isLowercase(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
