// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

struct JSONTests {
    @Test(arguments: [
        #"{"a":[1,-2.5,true,null,"x\n\"\\é😀"],"b":{}}"#, "[]", "0", "-0.5", #""\/""#, "1e3",
    ])
    func `what is read and written is read as the same`(_ text: String) throws {
        let value = try JSONReader.read(Array(text.utf8))
        var json = JSONWriter()
        json.write(value)
        #expect(try JSONReader.read(json.bytes) == value)
    }

    @Test(arguments: [
        "", "{", "[1,]", "{\"a\":1,}", "01", "1.", ".5", "+1", "nul", "\"a", "\"\u{1}\"", #""\u0000""#, #""\ud800""#,
        #""\ud800\u0041""#, "1e999", "[1 2]", "{\"a\" 1}", "'a'", "NaN", "\u{FEFF}\u{FEFF}1", "1\u{FEFF}", "1 1",
    ])
    func `what can be read in two ways is refused`(_ text: String) {
        #expect(throws: MalformedJSON.self) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test func `a byte order mark before the text is skipped`() throws {
        #expect(try JSONReader.read(Array("\u{FEFF} {\"a\":\"\u{FEFF}\"}".utf8)) == .object(["a": .string("\u{FEFF}")]))
    }

    @Test(
        arguments: [
            ([0x22, 0x61, 0xff, 0x22], "is not UTF-8 (at byte 2)"),
            ([0xFF, 0xFE, 0x31, 0], "is UTF-16, not UTF-8 (at byte 0)"),
            ([0x31, 0], "is UTF-16LE, not UTF-8 (at byte 0)"), ([0, 0, 0, 0x31], "is UTF-32BE, not UTF-8 (at byte 0)"),
        ] as [([UInt8], String)])
    func `bytes that are no text in UTF-8 are refused`(bytes: [UInt8], reason: String) {
        let fault = #expect(throws: MalformedJSON.self) { try JSONReader.read(bytes) }
        #expect(fault?.description == reason)
    }
}
