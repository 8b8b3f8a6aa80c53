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
        #""\ud800\u0041""#, "1e999", "[1 2]", "{\"a\" 1}", "'a'", "NaN", "\u{FEFF}1", "1 1",
    ])
    func `what can be read in two ways is refused`(_ text: String) {
        #expect(throws: MalformedJSON.self) { try JSONReader.read(Array(text.utf8)) }
    }

    @Test func `bytes that are no text are refused`() {
        #expect(throws: MalformedJSON.self) { try JSONReader.read([0x22, 0xff, 0x22]) }
    }
}
