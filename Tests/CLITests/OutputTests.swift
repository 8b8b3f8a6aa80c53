// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

@Suite struct OutputTests {
    private static let now = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
    private static let pipe = Screen(now: now)
    private static func terminal(_ width: Int, colors: Bool = false) -> Screen {
        Screen(isTerminal: true, width: width, hasColors: colors, now: now)
    }

    private static func job(_ name: String, _ more: String = "") throws -> Item {
        try #require(
            Item(
                JSONReader.read(
                    Array(
                        #"{"enabled":true,"interval":300000,"name":"\#(name)","nextRunAt":"2027-01-15T08:04:00.000Z"\#(more)}"#
                            .utf8))))
    }

    @Test(arguments: [
        (0, "now"), (500, "now"), (12_000, "in 12 s"), (-12_000, "12 s ago"), (240_000, "in 4 min"),
        (-7_200_000, "2 h ago"), (432_000_000, "in 5 d"), (8_640_000_000, "2027-04-25"),
    ])
    func `times are said as people say them`(distance: Int, text: String) {
        #expect(RelativeTime.text(Self.now + .milliseconds(distance), from: Self.now) == text)
    }

    @Test(arguments: [(7, "7ms"), (2_045, "2.0s"), (9_999, "9.9s"), (10_500, "10s"), (90_000, "1m30s")])
    func `how long a run took is said in short`(milliseconds: Int, text: String) {
        let end = Self.now + .milliseconds(milliseconds)
        let run = Item(members: ["startTime": .string(Self.now.rfc3339), "endTime": .string(end.rfc3339)])
        #expect(RunTable.took(run, now: nil) == text)
    }

    @Test func `a table is for people on a terminal and exact in a pipe`() throws {
        let items = [try Self.job("report"), try Self.job("b", #","enabled2":1,"labels":{"team":"ops"}"#)]
        let printer = ItemPrinter(format: .table, screen: Self.pipe)
        #expect(
            printer.lines(items, .job) == [
                "NAME    ENABLED  SCHEDULE  NEXT RUN                  LABELS",
                "report  yes      every 5m  2027-01-15T08:04:00.000Z",
                "b       yes      every 5m  2027-01-15T08:04:00.000Z  team=ops",
            ])
        let lines = ItemPrinter(format: .table, screen: Self.terminal(80)).lines(items, .job)
        #expect(lines[1] == "report  yes      every 5m  in 4 min")
    }

    @Test(arguments: [
        (#"{"months":1}"#, "every 1 month", "1 month"), (#"{"weeks":2}"#, "every 2 weeks", "2 weeks"),
        (#"{"moons":2}"#, "every 5m", #"{"moons":2}"#),
    ])
    func `a step on the calendar is shown as it is typed`(json: String, schedule: String, text: String) throws {
        let job = try Self.job("a", ",\"every\":\(json)")
        #expect(JobTable.schedule(job) == schedule)
        #expect(FieldText.text("every", try #require(job.members["every"]), Self.pipe) == text)
        let zoned = try Self.job("a", #","every":{"days":3},"timeZone":"Europe/Berlin""#)
        #expect(JobTable.schedule(zoned) == "every 3 days Europe/Berlin")
    }

    @Test(arguments: [20, 30, 40, 60, 79, 200])
    func `a table is never wider than the terminal`(width: Int) throws {
        let items = [
            try Self.job(String(repeating: "n", count: 128), #","cron":"0 6 * * MON-FRI","timeZone":"Europe/Berlin""#),
            try Self.job("b", #","labels":{"team":"日本語日本語日本語日本語日本語日本語日本語日本語"}"#),
        ]
        for line in ItemPrinter(format: .table, screen: Self.terminal(width)).lines(items, .job) {
            #expect(TextWidth.of(line) <= width)
        }
    }

    @Test(arguments: OutputFormat.allCases) func `no text of the API commands a terminal`(format: OutputFormat) throws {
        let item = try Self.job(
            #"\u001b]0;x\u0007\u009b2J\u202e\n"#, #","\u001b[2J":"\u001b[2J","labels":{"a":"\u001b[2J"}"#)
        let printer = ItemPrinter(format: format, screen: Self.terminal(80))
        for line in printer.lines([item], .job) + printer.lines(item, .job) {
            let scalars = line.unicodeScalars.filter { $0 != "\n" }
            #expect(scalars.allSatisfy { $0.properties.generalCategory != .control && $0 != "\u{202E}" })
        }
    }

    @Test func `colours are only there where they may be`() throws {
        let items = [try Self.job("a")]
        func hasEscape(_ screen: Screen) -> Bool {
            ItemPrinter(format: .table, screen: screen).lines(items, .job).contains { $0.contains("\u{1B}") }
        }
        #expect(hasEscape(Self.terminal(80, colors: true)))
        #expect(!hasEscape(Self.terminal(80)))
        #expect(!hasEscape(Self.pipe))
    }

    @Test func `JSON has its fields in a fixed order and is read as the same`() throws {
        let item = try Self.job("a", #","zz":[1,{"b":[],"a":{}}],"labels":{"k":"v"}"#)
        let text = ItemPrinter(format: .json, screen: Self.pipe).lines([item], .job).joined()
        #expect(try JSONReader.read(Array(text.utf8)) == .array([.object(item.members)]))
        #expect(PrettyJSON.line(item, .job).hasPrefix(#"{"name":"a","labels":{"k":"v"},"enabled":true,"#))
    }

    @Test func `names alone are one per line`() throws {
        let items = [try Self.job("a"), try Self.job("b")]
        #expect(ItemPrinter(format: .name, screen: Self.terminal(80)).lines(items, .job) == ["a", "b"])
    }

    @Test func `no items are an empty list to programs`() {
        #expect(ItemPrinter(format: .json, screen: Self.pipe).lines([], .job) == ["[]"])
        #expect(ItemPrinter(format: .yaml, screen: Self.pipe).lines([], .job) == ["[]"])
        #expect(ItemPrinter(format: .table, screen: Self.pipe).lines([], .job).isEmpty)
    }

    @Test func `changes of the clock are marked in a preview`() throws {
        let slot = try #require(
            Item(
                JSONReader.read(
                    Array(
                        #"{"scheduledTime":"2026-03-29T01:00:00.000Z","localTime":"2026-03-29T03:00:00+02:00","dstTransition":"forward"}"#
                            .utf8))))
        let lines = ItemPrinter(format: .table, screen: Self.pipe).lines([slot], .slot)
        #expect(lines[1].hasSuffix("2026-03-29T03:00:00+02:00  put forward before"))
    }
}
