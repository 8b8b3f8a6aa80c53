// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLI

@Suite struct SpanTextTests {
    @Test(arguments: [
        ("0", 0), ("1500", 1_500), ("90s", 90_000), ("5m", 300_000), ("1h30m", 5_400_000), ("2d", 172_800_000),
        ("1d1h1m1s1ms", 90_061_001), ("250ms", 250), ("90m", 5_400_000), ("0s", 0),
    ])
    func `durations are read as people write them`(text: String, milliseconds: Int64) {
        #expect(SpanText.milliseconds(text) == milliseconds)
    }

    @Test(arguments: [
        "", "s", "-5s", "5 m", "5M", "1.5h", "5m90m", "5s1m", "5m3", "1y", "5ms5s", "99999999999999999", "40000d", "٣s",
    ])
    func `what is no duration is refused`(text: String) {
        #expect(SpanText.milliseconds(text) == nil)
    }

    @Test(arguments: [0, 1, 999, 1_000, 90_000, 5_400_000, 86_400_000, 90_061_001, 3_153_600_000_000])
    func `a duration's text is read as the same duration`(milliseconds: Int64) {
        #expect(SpanText.milliseconds(SpanText.text(milliseconds)) == milliseconds)
    }

    @Test func `instants are RFC 3339, now, or a while from now`() throws {
        let now = try #require(Timestamp(rfc3339: "2026-11-21T08:00:00Z"))
        #expect(InstantArgument("now", now: now)?.time == now)
        #expect(InstantArgument("+5m", now: now)?.time == now + .seconds(300))
        #expect(InstantArgument("2026-11-21T09:00:00+01:00", now: now)?.time == now)
        #expect(InstantArgument("tomorrow", now: now)?.time == nil)
        #expect(InstantArgument("+", now: now)?.time == nil)
        #expect(InstantArgument("-5m", now: now)?.time == nil)
    }
}
