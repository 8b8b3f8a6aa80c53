// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Durations as people write them: `90s`, `1h30m`, `2d`; a bare number is milliseconds, as in the API.
enum SpanText {
    /// What is accepted, to complete "expected".
    static let expected = "a duration such as 90s, 5m, 1h30m or 2d, or a number of milliseconds"

    private static let units: [(name: String, milliseconds: Int64)] = [
        ("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1),
    ]

    /// The milliseconds; `nil` when it is no duration or one of more than a hundred years.
    static func milliseconds(_ text: String) -> Int64? {
        var rest = text[...]
        var total: Int64 = 0
        var smallest = Int64.max
        repeat {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            guard (1...15).contains(digits.count), let number = Int64(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            let letters = rest.prefix { $0.isLetter }
            rest = rest.dropFirst(letters.count)
            if letters.isEmpty, smallest == .max, rest.isEmpty {
                total = number
                break
            }
            // From large to small, each once: 5m90m would be a slip of the pen.
            guard let unit = units.first(where: { $0.name == letters }), unit.milliseconds < smallest else {
                return nil
            }
            smallest = unit.milliseconds
            let (product, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
            guard !overflow, product <= JobField.longestSpan else { return nil }
            total += product
        } while !rest.isEmpty
        return total <= JobField.longestSpan ? total : nil
    }

    /// The shortest text for so many milliseconds: `1h30m`; `0` for none.
    static func text(_ milliseconds: Int64) -> String {
        guard milliseconds > 0 else { return "\(milliseconds)" }
        var rest = milliseconds
        var text = ""
        for unit in units where rest >= unit.milliseconds {
            text += "\(rest / unit.milliseconds)\(unit.name)"
            rest %= unit.milliseconds
        }
        return text
    }
}
