// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with exactly three fraction digits, as in the API and in action messages.
    package var rfc3339: String {
        let (seconds, rest) = millisecondsSinceEpoch.quotientAndRemainder(dividingBy: 1000)
        let whole = rest < 0 ? seconds - 1 : seconds
        // Foundation cuts the fraction of a binary number, which loses a millisecond now and then: write it by hand.
        let text = Date(timeIntervalSince1970: Double(whole)).formatted(.iso8601).dropLast()
        let fraction = String(1000 + (rest < 0 ? rest + 1000 : rest)).dropFirst()
        return "\(text).\(fraction)Z"
    }

    package var description: String { rfc3339 }
}
