// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The field `Retry-After` of an answer (RFC 9110, section 10.2.3).
enum RetryAfter {
    /// The longest wait that a receiver may ask for.
    static let longest = Duration.seconds(86_400)

    /// How long to wait from now on, at most ``longest``; `nil` for what is neither a number of seconds nor a date.
    ///
    /// A date that has passed is no wait.
    static func wait(_ text: String, now: Timestamp) -> Duration? {
        var bare = text[...]
        while let last = bare.last, last == " " || last == "\t" { bare.removeLast() }
        bare = bare.drop { $0 == " " || $0 == "\t" }
        guard !bare.isEmpty else { return nil }
        if bare.utf8.allSatisfy(isDigit) {
            // More digits than fit are more than a day.
            return min(Int64(bare).map { .seconds(min($0, 86_400)) } ?? longest, longest)
        }
        guard let date = date(bare, now: now) else { return nil }
        return min(max(date - now, .zero), longest)
    }

    /// A date in one of the three forms of RFC 9110, section 5.6.7.
    ///
    /// | form | |
    /// |---|---|
    /// | IMF-fixdate | `Sun, 06 Nov 1994 08:49:37 GMT` |
    /// | RFC 850 | `Sunday, 06-Nov-94 08:49:37 GMT`; the year is the one at most 50 years ahead |
    /// | asctime | `Sun Nov  6 08:49:37 1994` |
    private static func date(_ text: Substring, now: Timestamp) -> Timestamp? {
        let words = text.split(separator: " ")
        switch words.count {
        case 6 where words[0].hasSuffix(",") && words[5] == "GMT":
            return timestamp(day: words[1], month: words[2], year: number(words[3], digits: 4), time: words[4])
        case 4 where words[0].hasSuffix(",") && words[3] == "GMT":
            let parts = words[1].split(separator: "-", omittingEmptySubsequences: false)
            guard parts.count == 3, let short = number(parts[2], digits: 2), let current = Int(now.rfc3339.prefix(4))
            else { return nil }
            var year = current - current % 100 + short
            if year > current + 50 { year -= 100 }
            return timestamp(day: parts[0], month: parts[1], year: year, time: words[2])
        case 5:
            return timestamp(day: words[2], month: words[1], year: number(words[4], digits: 4), time: words[3])
        default: return nil
        }
    }

    private static let months = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]

    private static func timestamp(
        day: Substring, month: Substring, year: Int?, time: Substring
    ) -> Timestamp? {
        guard let month = months.firstIndex(of: String(month)), let year, (1...2).contains(day.utf8.count),
            day.utf8.allSatisfy(isDigit), time.utf8.count == 8
        else { return nil }
        let date = "\(padded(year, 4))-\(padded(month + 1, 2))-\(padded(Int(day) ?? 0, 2))"
        return Timestamp(rfc3339: "\(date)T\(time)Z")
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func number(_ text: Substring, digits: Int) -> Int? {
        text.utf8.count == digits && text.utf8.allSatisfy(isDigit) ? Int(text) : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
