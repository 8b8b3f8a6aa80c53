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

    /// Reads RFC 3339 with any offset; digits of the second beyond the third are rounded. `nil` = not such a text.
    package init?(rfc3339 text: String) {
        guard text.utf8.count <= 64 else { return nil }
        let styles = [Date.ISO8601FormatStyle(), Date.ISO8601FormatStyle(includingFractionalSeconds: true)]
        guard let date = styles.lazy.compactMap({ try? Date(text, strategy: $0) }).first else { return nil }
        self.init(millisecondsSinceEpoch: Int64((date.timeIntervalSince1970 * 1000).rounded()))
    }
}
