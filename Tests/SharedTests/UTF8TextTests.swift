// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@Suite struct UTF8TextTests {
    @Test(arguments: ["", "a", "ä", "\u{FEFF}", "\u{FEFF}a", "\u{FEFF}\u{FEFF}a"])
    func `one byte order mark is no part of the text`(text: String) throws {
        let content = String(decoding: try UTF8Text.content(of: Array(text.utf8)), as: UTF8.self)
        #expect(content.unicodeScalars.elementsEqual(text.unicodeScalars.dropFirst(text.first == "\u{FEFF}" ? 1 : 0)))
    }

    @Test(
        arguments: [
            ([0xFF, 0xFE, 0x61, 0], "UTF-16"), ([0xFE, 0xFF, 0, 0x61], "UTF-16"), ([0xFF, 0xFE], "UTF-16"),
            ([0x7B, 0], "UTF-16LE"), ([0, 0x7B], "UTF-16BE"), ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "UTF-32"),
            ([0, 0, 0xFE, 0xFF, 0, 0, 0, 0x61], "UTF-32"), ([0x61, 0, 0, 0], "UTF-32LE"),
            ([0, 0, 0, 0x61], "UTF-32BE"),
        ] as [([UInt8], String)])
    func `other encodings of Unicode are known by how they begin`(bytes: [UInt8], encoding: String) {
        let fault = #expect(throws: NotUTF8.self) { try UTF8Text.content(of: bytes) }
        #expect(fault?.encoding == encoding)
        #expect(fault?.reason == "is \(encoding), not UTF-8")
        #expect(fault?.conversion(of: "a.yaml") == "iconv -f \(encoding) -t UTF-8 a.yaml")
    }

    @Test(
        arguments: [
            ([0xFF], 0), ([0x61, 0xE9, 0x0A], 1), ([0x61, 0x62, 0xE2, 0x82], 2), ([0xC0, 0x80], 0),
            ([0x61, 0xED, 0xA0, 0x80], 1), ([0xEF, 0xBB, 0xBF, 0x61, 0x80], 4),
        ] as [([UInt8], Int)])
    func `the first byte at fault is named`(bytes: [UInt8], offset: Int) {
        let fault = #expect(throws: NotUTF8.self) { try UTF8Text.content(of: bytes) }
        #expect(fault?.encoding == nil && fault?.offset == offset)
    }

    @Test(arguments: [("a\nb\nc", 3), ("a\r\nb\r\nc", 3), ("a\rb\rc", 3), ("a\n\rc", 3), ("abc", 1), ("\r\r\n", 3)])
    func `lines are counted by each kind of end`(text: String, line: Int) {
        #expect(UTF8Text.line(of: text.utf8.count, in: Array(text.utf8)) == line)
    }
}
