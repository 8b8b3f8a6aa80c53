// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

/// What is given up on narrow terminals, and what is not.
@Suite struct TableTests {
    private static let now = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)
    private static let id = "65a1b2c3d4e5f60718293a4b"

    private static func lines(_ json: String, _ kind: ItemKind, width: Int?) throws -> [String] {
        let item = try #require(Item(JSONReader.read(Array(json.utf8))))
        let screen = Screen(isTerminal: width != nil, width: width, now: now)
        let lines = ItemPrinter(format: .table, screen: screen).lines([item], kind)
        for line in lines { #expect(TextWidth.of(line) <= width ?? .max, "\(line)") }
        return lines
    }

    private static func run(_ status: String, job: String, error: String = "") -> String {
        """
        {"id":"\(id)","jobName":"\(job)","status":"\(status)","trigger":"schedule","attempt":1,
         "createdTime":"2027-01-15T07:59:48.000Z","startTime":"2027-01-15T07:59:49.000Z",
         "endTime":"2027-01-15T07:59:51.000Z","error":"\(error)"}
        """
    }

    @Test(arguments: [40, 60, 80, 120], RunStatus.allCases) func `a run keeps its id and its status whole`(
        width: Int, status: RunStatus
    ) throws {
        let job = String(repeating: "nightly-report-", count: 5)
        let lines = try Self.lines(
            Self.run(status.rawValue, job: job, error: String(repeating: "the disk is full ", count: 9)), .run,
            width: width)
        #expect(lines[1].contains(Self.id))
        #expect(lines[1].split(separator: " ").contains { $0 == status.rawValue })
    }

    @Test(arguments: [
        (40, ["ID", "STATUS"]), (60, ["ID", "JOB", "STATUS", "CREATED"]),
        (80, ["ID", "JOB", "STATUS", "CREATED", "NOTE"]),
        (120, ["ID", "JOB", "STATUS", "TRIGGER", "CREATED", "TOOK", "ATTEMPT", "NOTE"]),
    ]) func `runs give up their least important columns first`(width: Int, headings: [String]) throws {
        let lines = try Self.lines(
            Self.run("completed", job: "nightly-report", error: "the disk is full"), .run, width: width)
        #expect(lines[0].split(separator: " ").map { String($0) } == headings)
        #expect(width < 80 || lines[1].hasSuffix("the disk is full"))
    }

    @Test(arguments: [
        (40, ["NAME", "ENABLED", "NEXT", "RUN"]), (60, ["NAME", "ENABLED", "SCHEDULE", "NEXT", "RUN"]),
        (80, ["NAME", "ENABLED", "SCHEDULE", "NEXT", "RUN", "LABELS"]),
        (120, ["NAME", "ENABLED", "SCHEDULE", "NEXT", "RUN", "LABELS"]),
    ]) func `jobs give up their least important columns first`(width: Int, headings: [String]) throws {
        let lines = try Self.lines(
            #"""
            {"name":"nightly-report","enabled":true,"cron":"0 6 * * MON-FRI","timeZone":"Europe/Berlin",
             "nextRunAt":"2027-01-15T09:00:00Z","labels":{"team":"ops","tier":"1"}}
            """#, .job, width: width)
        #expect(lines[0].split(separator: " ").map { String($0) } == headings)
        #expect(lines[1].hasPrefix("nightly-report  yes "))
    }

    @Test func `a column that is empty makes room before another is cut`() throws {
        let lines = try Self.lines(Self.run("completed", job: "a-job-with-20-letters"), .run, width: 95)
        #expect(lines[1].contains("a-job-with-20-letters"))
        #expect(!lines[0].contains("NOTE"))
        #expect(lines[0].contains("TRIGGER"))
    }

    @Test func `a pipe gets every column, whole`() throws {
        let job = String(repeating: "n", count: 128)
        let lines = try Self.lines(Self.run("completed", job: job), .run, width: nil)
        #expect(lines[0].hasSuffix("ATTEMPT  NOTE"))
        #expect(lines[1].contains(job))
    }

    @Test(arguments: [20, 40, 60, 80, 120]) func `schedulers, slots and contexts fit too`(width: Int) throws {
        let manager = try Self.lines(
            #"{"id":"\#(Self.id)","hostname":"scheduler-0.example.com","jobs":7,"heartbeat":"2027-01-15T07:59:58Z"}"#,
            .manager, width: width)
        #expect(width < 40 || manager[1].contains(Self.id))
        let slot = try Self.lines(
            #"""
            {"scheduledTime":"2026-03-29T01:00:00.000Z","localTime":"2026-03-29T03:00:00+02:00",
             "dstTransition":"forward"}
            """#, .slot, width: width)
        #expect(width < 40 || slot[1].contains("2026-03-29T03:00:00+02:00"))
        let context = try Self.lines(
            #"""
            {"name":"staging","current":true,"url":"https://scheduler.staging.example.com/api","user":"alice",
             "issuer":"https://id.example.com","client":"simple-scheduler-cli"}
            """#, .context, width: width)
        #expect(context[1].hasPrefix("*  staging"))
    }
}
