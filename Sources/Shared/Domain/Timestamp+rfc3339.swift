// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials

extension Timestamp: CustomStringConvertible {
    /// RFC 3339 in UTC with exactly three fraction digits, as in the API and in action messages.
    package var rfc3339: String {
        Date(timeIntervalSince1970: Double(millisecondsSinceEpoch) / 1000)
            .formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    package var description: String { rfc3339 }
}
