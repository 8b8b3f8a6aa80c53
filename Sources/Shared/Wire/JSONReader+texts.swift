// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension JSONReader {
    /// The text between quotes.
    ///
    /// Mended are bytes that are not UTF-8, halves of surrogate pairs and NUL (`Mend.characters`), and control characters
    /// and backslashes that nobody has escaped (`Mend.escapes`): they are kept as they stand.
    mutating func string() throws(MalformedJSON) -> String {
        position += 1
        let start = position
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
        if next == UInt8(ascii: "\"") {
            defer { position += 1 }
            return try decoded(text[start..<position])
        }
        var bytes = Array(text[start..<position])
        while let byte = next {
            if byte < 0x20 { try controlCharacter(byte, into: &bytes) }
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return try decoded(bytes[...])
            case UInt8(ascii: "\\"): try escaped(into: &bytes)
            case 0x20...: bytes.append(byte)
            default: break
            }
        }
        throw fault("a text has no end")
    }

    private mutating func decoded(_ bytes: ArraySlice<UInt8>) throws(MalformedJSON) -> String {
        // Of a strict reader the whole text was looked at before.
        guard isLenient else { return String(decoding: bytes, as: UTF8.self) }
        if let text = String(validating: bytes, as: UTF8.self) { return text }
        try mend(.characters, orThrow: "not UTF-8")
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func controlCharacter(_ byte: UInt8, into bytes: inout [UInt8]) throws(MalformedJSON) {
        try mend(byte == 0 ? .characters : .escapes, orThrow: "a control character in a text")
        if byte == 0 { bytes.append(contentsOf: "\u{FFFD}".utf8) } else { bytes.append(byte) }
    }

    private mutating func escaped(into bytes: inout [UInt8]) throws(MalformedJSON) {
        guard let letter = next else { throw fault("a text has no end") }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): bytes.append(letter)
        case UInt8(ascii: "b"): bytes.append(0x08)
        case UInt8(ascii: "f"): bytes.append(0x0C)
        case UInt8(ascii: "n"): bytes.append(0x0A)
        case UInt8(ascii: "r"): bytes.append(0x0D)
        case UInt8(ascii: "t"): bytes.append(0x09)
        case UInt8(ascii: "u"): try scalar(into: &bytes)
        default:
            position -= 1
            try mend(.escapes, orThrow: "an unknown escape")
            bytes.append(UInt8(ascii: "\\"))
        }
    }

    /// What follows `\u`.
    private mutating func scalar(into bytes: inout [UInt8]) throws(MalformedJSON) {
        guard let first = hexadecimal() else {
            try mend(.escapes, orThrow: "no four hexadecimal digits")
            bytes.append(contentsOf: "\\u".utf8)
            return
        }
        var scalar = Unicode.Scalar(first)
        if first == 0 {
            if isLenient {
                try mend(.characters, orThrow: "")
                scalar = "\u{FFFD}"
            } else if rule == .refused {
                throw fault("a NUL character")
            }
        }
        if scalar == nil, first < 0xDC00 {
            let end = position
            if take("\\"), take("u"), let second = hexadecimal(), (0xDC00..<0xE000).contains(second) {
                scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
            } else {
                position = end
            }
        }
        if scalar == nil { try mend(.characters, orThrow: "half a surrogate pair") }
        bytes.append(contentsOf: String(Character(scalar ?? "\u{FFFD}")).utf8)
    }

    /// Four digits; `nil`, and nothing taken, when there are none.
    private mutating func hexadecimal() -> UInt32? {
        guard position + 4 <= text.count else { return nil }
        var value: UInt32 = 0
        for byte in text[position..<position + 4] {
            guard byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }
}
