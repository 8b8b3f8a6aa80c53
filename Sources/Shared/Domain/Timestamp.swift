// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// An instant in whole milliseconds since 1970-01-01T00:00:00Z, the resolution of slots, of BSON dates and of the API.
///
/// Not `Date`: a slot is a key (unique per job), so it must compare and add exactly.
package struct Timestamp: Hashable, Comparable, Sendable {
    /// Milliseconds since the Unix epoch; negative before 1970.
    package let millisecondsSinceEpoch: Int64

    /// The instant this many milliseconds after the Unix epoch.
    package init(millisecondsSinceEpoch: Int64) {
        self.millisecondsSinceEpoch = millisecondsSinceEpoch
    }

    /// The start of the years that a stored date may lie in (year 2).
    ///
    /// The Go program writes year 1 for "not yet".
    package static let earliest = Timestamp(millisecondsSinceEpoch: -62_104_060_800_000)

    /// The end of the years that a stored date may lie in (9999-12-31T23:59:59.999Z, the last that RFC 3339 can write).
    package static let latest = Timestamp(millisecondsSinceEpoch: 253_402_300_799_999)

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        left.millisecondsSinceEpoch < right.millisecondsSinceEpoch
    }

    /// Moves by a duration, which is cut to whole milliseconds; saturates instead of trapping.
    package static func + (left: Timestamp, right: Duration) -> Timestamp {
        let (sum, overflow) = left.millisecondsSinceEpoch.addingReportingOverflow(right.milliseconds)
        return Timestamp(millisecondsSinceEpoch: overflow ? (right < .zero ? .min : .max) : sum)
    }

    package static func - (left: Timestamp, right: Duration) -> Timestamp {
        left + (.zero - right)
    }

    /// The time from `right` to `left`; negative when `left` is earlier.
    package static func - (left: Timestamp, right: Timestamp) -> Duration {
        .milliseconds(left.millisecondsSinceEpoch) - .milliseconds(right.millisecondsSinceEpoch)
    }
}
