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

extension SpanText {
    /// What is wrong with a text that is no duration, and what to write instead.
    static func problem(_ text: String) -> String {
        if text.hasPrefix("-") { return "is negative; expected \(expected)" }
        return "is not \(expected)" + (guess(text).map { "; did you mean \(Self.text($0))?" } ?? "")
    }

    /// The milliseconds that somebody most likely meant who writes durations in another way: `5 min`, `1.5h`, `PT5M`, `1 week`.
    static func guess(_ text: String) -> Int64? {
        let letters = text.prefix(64).lowercased().filter { !$0.isWhitespace }
        var rest = letters[...]
        if letters.hasPrefix("p") {
            // ISO 8601, where M before the T is a month.
            let halves = letters.dropFirst().split(separator: "t", omittingEmptySubsequences: false)
            guard halves.count <= 2, let days = halves.first, !days.contains("m") else { return nil }
            rest = halves.joined()[...]
        }
        var total = 0.0
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) || $0 == "." }
            let name = String(rest.dropFirst(digits.count).prefix { $0.isLetter })
            guard let number = Double(digits), let unit = words.first(where: { $0.names.contains(name) }) else {
                return nil
            }
            total += number * unit.milliseconds
            rest = rest.dropFirst(digits.count + name.count)
        }
        return (1...Double(JobField.longestSpan)).contains(total) ? Int64(exactly: total) : nil
    }

    private static let words: [(names: Set<String>, milliseconds: Double)] = [
        (["ms", "msec", "msecs", "millis", "millisecond", "milliseconds"], 1),
        (["s", "sec", "secs", "second", "seconds"], 1_000),
        (["m", "min", "mins", "minute", "minutes"], 60_000),
        (["h", "hr", "hrs", "hour", "hours"], 3_600_000),
        (["d", "day", "days"], 86_400_000),
        (["w", "week", "weeks"], 604_800_000),
    ]
}
