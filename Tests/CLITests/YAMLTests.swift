// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing
import YAML

@testable import CLICommands

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

    @Test(arguments: [
        ("cron: @daily", "a text that begins with @ needs quotes: cron: \"@daily\""),
        ("cron: */5 * * * *", "a text that begins with * or & needs quotes: cron: \"*/5 * * * *\""),
        ("cron: * * * * *", "a text that begins with * or & needs quotes: cron: \"*/5 * * * *\""),
        ("cron: &", "a text that begins with * or & needs quotes: cron: \"*/5 * * * *\""),
        (
            "cron: *daily",
            "anchors (&) and aliases (*) are not taken: write the value out; a text that begins with & or * needs quotes"
        ),
        (
            "a: &daily x",
            "anchors (&) and aliases (*) are not taken: write the value out; a text that begins with & or * needs quotes"
        ),
        ("a: %x", "a text that begins with % needs quotes"), ("a: `x`", "a text that begins with ` needs quotes"),
        ("a: !x y", "tags (!) are not taken; a text that begins with ! needs quotes"),
        ("a: ? x", "a text that begins with a question mark and a space needs quotes"),
        ("a: - x", "a text that begins with a hyphen and a space needs quotes; a list begins on a line of its own"),
        ("a: b: c", "a text with a colon and a space in it needs quotes, and fields of one job are indented alike"),
        ("  b: c", "a text with a colon and a space in it needs quotes, and fields of one job are indented alike"),
        ("a: \"C:\\dir\"", "an unknown escape in double quotes: write \\\\ for a backslash, or use single quotes"),
        ("a: 'it's'", "the line is not indented like those before it, or something follows the end of a quoted text"),
        ("a: \"x", "the quote that begins here has no end"),
        ("a: 'x\nb: 1\nc: 2", "the quote that begins here has no end"),
        ("\ta: x", "a tab stands where only spaces may indent: write spaces"),
        ("a: [x", "brackets or braces do not fit; a text that begins with [ ] { or } needs quotes"),
        ("a: }", "brackets or braces do not fit; a text that begins with [ ] { or } needs quotes"),
        ("a b\nc: 1", "a line that is no field: write name: value"),
        ("<<: {a: b}", "merge keys are not taken: write the fields out (<< as a name of your own needs quotes)"),
        ("x: y", "duplicate key \"x\", also in line 1"), ("a: \u{1}", "control characters are not allowed"),
    ])
    func `what needs another spelling is refused with it, and its line`(line: String, reason: String) throws {
        let error = try #require(throws: MalformedYAML.self) {
            try YAMLReader.documents(Array("x: ä\r\n\(line)\r\n".utf8))
        }
        #expect(error == MalformedYAML(line: 2, reason: reason))
    }

    @Test(arguments: ["{a: 1}\n{a: 2}\n", " a: 1\nb: 2\n"])
    func `documents that nothing separates are told as such`(text: String) throws {
        let error = try #require(throws: MalformedYAML.self) { try YAMLReader.documents(Array(text.utf8)) }
        #expect(error.line == 2 && error.reason.contains("write --- before another document"))
    }

    @Test(arguments: [
        "\u{FEFF}a: 1\nb: 2", "\u{FEFF}---\na: 1\nb: 2", "\u{FEFF}# c\r\na: 1\r\nb: 2\r\n", "a: 1\rb: 2\r",
    ])
    func `a byte order mark and each kind of line end are taken`(text: String) throws {
        #expect(try Self.one(text) == .object(["a": .int(1), "b": .int(2)]))
    }

    @Test func `each of several documents may begin with a byte order mark`() throws {
        let text = "\u{FEFF}---\na: 1\n\u{FEFF}---\na: \"\u{FEFF}---\"\n"
        #expect(
            try YAMLReader.documents(Array(text.utf8)).map(\.json)
                == [.object(["a": .int(1)]), .object(["a": .string("\u{FEFF}---")])])
    }

    @Test(
        arguments: [
            (Array("a: 1\r\nb: caf".utf8) + [0xE9], 2, "is not UTF-8; convert it: iconv -f WINDOWS-1252 -t UTF-8 FILE"),
            ([0xFF, 0xFE, 0x61, 0], 1, "is UTF-16, not UTF-8; convert it: iconv -f UTF-16 -t UTF-8 FILE"),
        ] as [([UInt8], Int, String)])
    func `a text in another encoding is refused with its line`(bytes: [UInt8], line: Int, reason: String) {
        #expect(throws: MalformedYAML(line: line, reason: reason)) { try YAMLReader.documents(bytes) }
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
