// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension SpanText {
    /// What is wrong with a text that is no duration, and what to write instead.
    static func problem(_ text: String) -> String {
        if text.hasPrefix("-") { return "is less than nothing; expected \(expected)" }
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
