// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Reads one JSON text from front to back; every reading step gives `nil` where the text breaks a rule.
///
/// The bytes must be valid UTF-8 (``StrictJSON`` sees to it).
struct StrictJSONReader {
    private let text: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ text: [UInt8]) {
        self.text = text
    }

    mutating func readDocument() -> JSONValue? {
        skipSpace()
        guard let value = readValue() else { return nil }
        skipSpace()
        return position == text.count ? value : nil
    }

    private var next: UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func readValue() -> JSONValue? {
        switch next {
        case UInt8(ascii: "{"): nested { $0.readObject() }
        case UInt8(ascii: "["): nested { $0.readArray() }
        case UInt8(ascii: "\""): readString().map { .string($0) }
        case UInt8(ascii: "t"): readWord("true", .bool(true))
        case UInt8(ascii: "f"): readWord("false", .bool(false))
        case UInt8(ascii: "n"): readWord("null", .null)
        default: readNumber()
        }
    }

    private mutating func nested(_ read: (inout StrictJSONReader) -> JSONValue?) -> JSONValue? {
        guard depth < StrictJSON.maximumDepth else { return nil }
        depth += 1
        position += 1
        defer { depth -= 1 }
        return read(&self)
    }

    private mutating func readWord(_ word: String, _ value: JSONValue) -> JSONValue? {
        guard text[position...].starts(with: word.utf8) else { return nil }
        position += word.utf8.count
        return value
    }

    private mutating func readArray() -> JSONValue? {
        var elements: [JSONValue] = []
        skipSpace()
        if take("]") { return .array([]) }
        while true {
            skipSpace()
            guard let value = readValue() else { return nil }
            elements.append(value)
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { return nil }
        }
    }

    private mutating func readObject() -> JSONValue? {
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take("}") { return .object([:]) }
        while true {
            skipSpace()
            guard let name = readString() else { return nil }
            skipSpace()
            guard take(":") else { return nil }
            skipSpace()
            guard let value = readValue(), members.updateValue(value, forKey: name) == nil else { return nil }
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
        }
    }

    private mutating func readString() -> String? {
        guard take("\"") else { return nil }
        let start = position
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
        guard next == UInt8(ascii: "\\") else {
            let end = position
            return take("\"") ? String(decoding: text[start..<end], as: UTF8.self) : nil
        }
        var bytes = Array(text[start..<position])
        while let byte = next, byte >= 0x20 {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = readEscape() else { return nil }
                bytes.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
            default:
                bytes.append(byte)
            }
        }
        return nil
    }

    /// What follows a backslash; never NUL, never half a surrogate pair.
    private mutating func readEscape() -> Unicode.Scalar? {
        guard let letter = next else { return nil }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(letter)
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): break
        default: return nil
        }
        guard let first = readHexadecimal(), first != 0 else { return nil }
        guard (0xD800..<0xDC00).contains(first) else { return Unicode.Scalar(first) }
        guard take("\\"), take("u"), let second = readHexadecimal(), (0xDC00..<0xE000).contains(second) else {
            return nil
        }
        return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    }

    private mutating func readHexadecimal() -> UInt32? {
        guard position + 4 <= text.count else { return nil }
        var value: UInt32 = 0
        for byte in text[position..<position + 4] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { return nil }
            value = value << 4 | UInt32(digit)
        }
        position += 4
        return value
    }

    /// An integer where it is written as one and fits; a double otherwise.
    private mutating func readNumber() -> JSONValue? {
        let start = position
        _ = take("-")
        guard take("0") || readDigits() else { return nil }
        var isInteger = true
        if take(".") {
            guard readDigits() else { return nil }
            isInteger = false
        }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            guard readDigits() else { return nil }
            isInteger = false
        }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        if isInteger, let value = Int64(digits) { return .int(value) }
        guard let value = Double(digits), value.isFinite else { return nil }
        return .double(value)
    }

    private mutating func readDigits() -> Bool {
        let start = position
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        return position > start
    }
}
