// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared
import Testing

@testable import CLICommands

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
        #expect(try InstantArgument("now", now: now).time == now)
        #expect(try InstantArgument("+5m", now: now).time == now + .seconds(300))
        #expect(try InstantArgument("2026-11-21T09:00:00+01:00", now: now).time == now)
    }

    @Test(arguments: [
        (
            "tomorrow",
            "is no time such as 2027-01-15T08:00:00Z (RFC 3339, before the year 10000); now and +5m (from now) are taken, too"
        ),
        (
            "-5m",
            "is no time such as 2027-01-15T08:00:00Z (RFC 3339, before the year 10000); now and +5m (from now) are taken, too"
        ),
        ("2027-01-15T08:00:00", "has no zone: end it with Z for UTC, or with an offset such as +01:00"),
        ("2027-01-15 08:00:00.5", "has no zone: end it with Z for UTC, or with an offset such as +01:00"),
        ("2027-01-15", "is a day without a time: write it as 2027-01-15T08:00:00Z"),
        ("+", "is not \(SpanText.expected)"), ("+5min", "is not \(SpanText.expected); did you mean 5m?"),
    ])
    func `what is no instant is refused with what to write`(text: String, problem: String) throws {
        let error = try #require(throws: ValidationError.self) {
            try InstantArgument(text, now: Timestamp(millisecondsSinceEpoch: 0))
        }
        #expect(error.message.hasPrefix(problem))
    }

    @Test(arguments: [
        ("5min", "5m"), ("5 m", "5m"), ("1.5h", "1h30m"), ("PT5M", "5m"), ("P1DT12H", "1d12h"), ("P2W", "14d"),
        ("5M", "5m"),
        ("1 week", "7d"), ("90 seconds", "1m30s"), ("250 msec", "250ms"), ("1h 30m", "1h30m"), ("0.5s", "500ms"),
        ("30m1h", "1h30m"),
    ])
    func `a duration in another spelling is refused with ours`(text: String, meant: String) {
        #expect(SpanText.milliseconds(text) == nil)
        #expect(SpanText.problem(text) == "is not \(SpanText.expected); did you mean \(meant)?")
    }

    @Test(arguments: ["soon", "", "P1M", "P1Y", "1.5", "5m3", "1e3s", "99999999999d", "p", "1:30", "nan", "infinitys"])
    func `nothing is guessed where it is not clear`(text: String) {
        #expect(SpanText.problem(text) == "is not \(SpanText.expected)")
    }

    @Test func `a negative duration is told as such`() {
        #expect(SpanText.problem("-5m") == "is negative; expected \(SpanText.expected)")
    }
}
