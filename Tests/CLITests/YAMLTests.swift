// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLI

@Suite struct YAMLTests {
    private static func one(_ text: String) throws -> JSONValue {
        let documents = try YAMLReader.documents(Array(text.utf8))
        try #require(documents.count == 1)
        return documents[0].json
    }

    @Test(arguments: [
        ("5", JSONValue.int(5)), ("-5", .int(-5)), ("+5", .int(5)), ("1.5", .double(1.5)), ("1e3", .double(1_000)),
        ("true", .bool(true)), ("False", .bool(false)), ("~", .null), ("null", .null), ("yes", .string("yes")),
        ("0x10", .string("0x10")), ("007", .string("007")), (".inf", .string(".inf")), ("5m", .string("5m")),
        ("2027-01-15T08:00:00Z", .string("2027-01-15T08:00:00Z")), ("'5'", .string("5")),
        ("\"a\\nb\"", .string("a\nb")),
        ("|\n  a\n  b", .string("a\nb\n")), ("[1, {a: b}]", .array([.int(1), .object(["a": .string("b")])])),
    ])
    func `scalars mean what the core schema says`(text: String, value: JSONValue) throws {
        #expect(try Self.one("key: \(text)\n") == .object(["key": value]))
    }

    @Test func `every value knows its line`() throws {
        let text = "---\nname: a\n\nlabels:\n  team: ops\n---\n- name: b\n"
        let documents = try YAMLReader.documents(Array(text.utf8))
        guard case .mapping(let members) = documents[0].content else { throw CLIFailure(.other, "no mapping") }
        #expect(members.map(\.line) == [2, 4])
        #expect(documents[1].line == 7)
    }

    @Test(arguments: [
        ("a: 1\nb: ]", 2), ("a: 1\na: 2", 2), ("a: &x 1\nb: *x", 1), ("a: !!int 5", 1), ("a: 1\ncron: */5 * * * *", 2),
        ("? [a]\n: b", 1), ("a:\n\tb: 1", 2),
        (String(repeating: "[", count: 40) + String(repeating: "]", count: 40), 1),
    ])
    func `what could be read in two ways is refused with its line`(text: String, line: Int) throws {
        let error = try #require(throws: MalformedYAML.self) { try YAMLReader.documents(Array(text.utf8)) }
        #expect(error.line == line)
    }

    @Test func `a cron expression without quotes is refused with a word on quotes`() throws {
        let error = try #require(throws: MalformedYAML.self) {
            try YAMLReader.documents(Array("cron: */5 * * * *".utf8))
        }
        #expect(error.reason.contains("quotes"))
    }

    @Test(arguments: [[], [0xFF], Array("\u{0}".utf8), Array("a: \"\\0\"".utf8)] as [[UInt8]])
    func `bytes that are no text do no harm`(bytes: [UInt8]) {
        #expect((try? YAMLReader.documents(bytes))?.isEmpty ?? true)
    }

    @Test(arguments: [
        "plain", "", " ", "true", "No", "on", "null", "~", "5", "007", "1.5", "2027-01-15", "1:30", "5m", "- a", "a: b",
        "a #b",
        "*/5 * * * *", "@daily", "tab\there", "line\nbreak", "quote\"s", "back\\slash", "\\u0000", "\u{1B}[2J", "ü€😀",
        "\u{202E}x",
        "\u{E0001}", "trailing ", "|", ">", "%", "'", "&a", "!b", "{", "[", ",", "?", "-", "---",
    ])
    func `a text that is written is read as itself`(text: String) throws {
        let value = JSONValue.object(["key": .string(text), "list": .array([.string(text), .object([text: .null])])])
        let lines = YAMLText.mapping([("outer", value)])
        #expect(try Self.one(lines.joined(separator: "\n")) == .object(["outer": value]))
        #expect(lines.allSatisfy { !$0.contains("\u{1B}") && !$0.contains("\u{202E}") })
    }

    @Test func `nested values are written in blocks and read again`() throws {
        let value: JSONValue = .object([
            "a": .array([
                .array([.int(1), .array([])]), .object([:]), .object(["b": .double(0.5), "c": .array([.null])]),
            ]),
            "d": .object(["e": .object(["f": .bool(true)])]),
        ])
        #expect(try Self.one(YAMLText.mapping([("x", value)]).joined(separator: "\n")) == .object(["x": value]))
    }
}
