// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension JSONValue {
    /// A NumericDate (RFC 7519, section 2), cut to the millisecond; `nil` unless it is a number between 1970 and 9999.
    ///
    /// Whole or not, with or without exponent: some providers write microseconds.
    package var numericDate: Timestamp? {
        let years: ClosedRange<Int64> = 0...253_402_300_799
        switch self {
        case .int(let seconds) where years.contains(seconds):
            return Timestamp(millisecondsSinceEpoch: seconds * 1_000)
        case .double(let seconds) where seconds >= 0 && seconds < Double(years.upperBound + 1):
            return min(Timestamp(millisecondsSinceEpoch: Int64((seconds * 1_000).rounded(.down))), .latest)
        default:
            return nil
        }
    }

    /// A list of scopes: a text with spaces between them (RFC 6749, section 3.3), or an array of such texts, as some
    /// providers write it; `nil` when it is neither.
    package var scopeList: [String]? {
        switch self {
        case .string(let text):
            return text.split(separator: " ").map(String.init)
        case .array(let elements):
            var scopes: [String] = []
            for element in elements {
                guard case .string(let text) = element else { return nil }
                scopes += text.split(separator: " ").map(String.init)
            }
            return scopes
        default:
            return nil
        }
    }
}
