// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Shared
import Testing

@Suite struct TimestampTests {
    @Test(arguments: [
        ("2027-01-15T08:00:00Z", 1_800_000_000_000), ("2027-01-15T08:00:00.123Z", 1_800_000_000_123),
        ("2027-01-15T10:00:00.123999+02:00", 1_800_000_000_123), ("2027-01-15t03:30:00.1-04:30", 1_800_000_000_100),
        ("1969-12-31T23:59:59.999Z", -1), ("2024-02-29T00:00:00Z", 1_709_164_800_000),
        ("2016-12-31T23:59:60Z", 1_483_228_800_000), ("9999-12-31T23:59:59.999Z", 253_402_300_799_999),
    ])
    func `RFC 3339 is read to the millisecond`(text: String, milliseconds: Int64) {
        #expect(Timestamp(rfc3339: text)?.millisecondsSinceEpoch == milliseconds)
    }

    @Test(arguments: [
        "", "2027-01-15", "2027-01-15T08:00:00", "2027-13-15T08:00:00Z", "x2027-01-15T08:00:00Z",
        "2027-01-15T08:00:00Zx", "2027-02-30T08:00:00Z", "2023-02-29T08:00:00Z", "2027-01-15T25:00:00Z",
        "2027-01-15T08:60:00Z", "2027-01-15T08:00:61Z", "2027-01-15T08:00:00.Z", "2027-01-15T08:00:00+0200",
        "2027-01-15T08:00:00+24:00", "+027-01-15T08:00:00Z", "2027-1-15T08:00:00Z", "２027-01-15T08:00:00Z",
    ])
    func `what is no RFC 3339 is refused`(text: String) {
        #expect(Timestamp(rfc3339: text) == nil, "\(text)")
    }

    @Test func `an instant is written as Foundation writes it, and read back`() {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<5_000 {
            // From 1600, before which Foundation counts by another calendar, to 9999.
            let instant = Timestamp(
                millisecondsSinceEpoch: Int64.random(in: -11_000_000_000_000...253_402_300_799_999, using: &random))
            let seconds = (Double(instant.millisecondsSinceEpoch) / 1000).rounded(.down)
            let whole = Date(timeIntervalSince1970: seconds).formatted(.iso8601).dropLast()
            #expect(instant.rfc3339.hasPrefix(whole) && instant.rfc3339.hasSuffix("Z"), "\(instant)")
            #expect(Timestamp(rfc3339: instant.rfc3339) == instant)
        }
    }
}
