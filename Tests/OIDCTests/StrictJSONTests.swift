// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import OIDC

@Suite struct StrictJSONTests {
    @Test func `values come out as they are written`() {
        let text = #" {"a":[1,-2.5,true,null,"x\u00e9\ud83d\ude00\n"],"b":{"c":1e3},"":9223372036854775807} "#
        #expect(
            JSONReader.object(Array(text.utf8)) == [
                "a": .array([.int(1), .double(-2.5), .bool(true), .null, .string("xé😀\n")]),
                "b": .object(["c": .double(1_000)]), "": .int(.max),
            ])
    }

    @Test(arguments: [
        "", "null", "[]", "1", "{", "}", "{}}", "{} {}", "{},", #"{"a"}"#, #"{"a":}"#, #"{"a":1,}"#, #"{,"a":1}"#,
        #"{a:1}"#, #"{'a':1}"#, #"{"a":01}"#, #"{"a":+1}"#, #"{"a":.5}"#, #"{"a":1.}"#, #"{"a":1e}"#, #"{"a":1e999}"#,
        #"{"a":NaN}"#, #"{"a":tru}"#, #"{"a":[1,]}"#, #"{"a":"\x"}"#, #"{"a":"\u12"}"#, #"{"a":"\ud800"}"#,
        #"{"a":"\udc00"}"#, #"{"a":"\ud800\u0041"}"#, #"{"a":"\u0000"}"#, "{\"a\":\"\u{1}\"}", "{\"a\":\"\n\"}",
        #"{"a":1,"a":2}"#, #"{"a":1,"\u0061":2}"#, #"{"x":{"a":1,"a":1}}"#, #"{"x":[{"a":1,"a":1}]}"#,
        "\u{FEFF}\u{FEFF}{}", "{}\u{0}", "{\"a\":1}\u{0}junk", "/**/{}", #"{"a":1 "b":2}"#, "{\u{A0}}",
    ])
    func `what is not strict is refused`(_ text: String) {
        #expect(JSONReader.object(Array(text.utf8)) == nil)
    }

    @Test func `a word of another language is named`() {
        for word in ["NaN", "Infinity", "-Infinity", "None", "True", "undefined"] {
            let reason = #expect(throws: MalformedJSON.self) { try JSONReader.read(Array(#"{"a":\#(word)}"#.utf8)) }?
                .reason
            #expect(reason == "\(word) is not JSON")
        }
    }

    @Test func `broken UTF-8 is refused`() {
        for bytes: [UInt8] in [[0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xE2, 0x82], [0xF5, 0x80, 0x80, 0x80]] {
            #expect(JSONReader.object(Array("{\"a\":\"".utf8) + bytes + Array("\"}".utf8)) == nil)
        }
    }

    @Test func `depth is limited, and so deep is fine`() {
        func nested(_ depth: Int) -> [UInt8] {
            Array(
                ("{\"a\":" + String(repeating: "[", count: depth - 1) + String(repeating: "]", count: depth - 1) + "}")
                    .utf8)
        }
        #expect(JSONReader.object(nested(JSONReader.maximumDepth)) != nil)
        #expect(JSONReader.object(nested(JSONReader.maximumDepth + 1)) == nil)
        #expect(JSONReader.object(nested(100_000)) == nil)
    }

    @Test(arguments: [("", []), ("AA", [0]), ("_-8", [255, 239]), ("AAAA", [0, 0, 0])] as [(String, [UInt8])])
    func `base64url has one text for any bytes`(_ text: String, _ bytes: [UInt8]) {
        #expect(Base64URL.decode(text.utf8) == bytes)
        #expect(Base64URL.encode(bytes) == text)
        #expect(encoded(bytes) == text)
    }

    @Test(arguments: ["A", "AB", "AAB", "AA==", "AA=", "A+AA", "A/AA", "A AA", "AA\n", "AA\u{0}", "é", "AAAAA"])
    func `every other base64 is refused`(_ text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }
}
