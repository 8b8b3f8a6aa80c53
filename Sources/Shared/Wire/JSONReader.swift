// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Reads a JSON text that can be read in one way only: RFC 8259 to the letter in UTF-8, no name twice in an object, no
/// NUL character (unless asked for), at most 32 levels deep.
///
/// Why not Foundation's: it takes duplicate names without a word and keeps one of them, takes any depth up to 512, and
/// is slow. Integers that fit become `int`, every other number the nearest `double`.
package struct JSONReader {
    /// How deep arrays and objects may nest.
    package static let maximumDepth = 32

    /// What becomes of a NUL character in a text, which the database and C may take for its end.
    package enum NULRule: Sendable {
        case refused
        /// U+FFFD stands in its place.
        case replaced
        /// The caller looks for it.
        case kept
    }

    private let text: [UInt8]
    private let rule: NULRule
    private var position = 0
    private var depth = 0

    /// Reads a whole text.
    package static func read(_ text: [UInt8], nul rule: NULRule = .refused) throws(MalformedJSON) -> JSONValue {
        var reader = JSONReader(text, rule)
        guard String(validating: text, as: UTF8.self) != nil else { throw reader.fault("not UTF-8") }
        return try reader.document()
    }

    /// Reads a whole text that is one object; `nil` when it is anything else.
    package static func object(_ text: [UInt8]) -> [String: JSONValue]? {
        guard case .object(let members)? = try? read(text) else { return nil }
        return members
    }

    private init(_ text: [UInt8], _ rule: NULRule) {
        self.text = text
        self.rule = rule
    }

    private mutating func document() throws(MalformedJSON) -> JSONValue {
        skipSpace()
        let result = try value()
        skipSpace()
        guard position == text.count else { throw fault("something follows the value") }
        return result
    }

    private func fault(_ reason: String) -> MalformedJSON { MalformedJSON(reason, at: position) }

    private var next: UInt8? { position < text.count ? text[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func value() throws(MalformedJSON) -> JSONValue {
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw fault("the text ends too early")
        default: return try number()
        }
    }

    private mutating func word(_ word: StaticString, _ value: JSONValue) throws(MalformedJSON) -> JSONValue {
        let count = word.utf8CodeUnitCount
        guard position + count <= text.count, text[position..<position + count].elementsEqual("\(word)".utf8) else {
            throw fault("no value")
        }
        position += count
        return value
    }

    private mutating func descend() throws(MalformedJSON) {
        guard depth < Self.maximumDepth else { throw fault("nested deeper than \(Self.maximumDepth) levels") }
        depth += 1
        position += 1
        skipSpace()
    }

    private mutating func array() throws(MalformedJSON) -> JSONValue {
        try descend()
        defer { depth -= 1 }
        var elements: [JSONValue] = []
        if take("]") { return .array(elements) }
        while true {
            skipSpace()
            elements.append(try value())
            skipSpace()
            if take("]") { return .array(elements) }
            guard take(",") else { throw fault("no comma or bracket after an element") }
        }
    }

    private mutating func object() throws(MalformedJSON) -> JSONValue {
        try descend()
        defer { depth -= 1 }
        var members: [String: JSONValue] = [:]
        if take("}") { return .object(members) }
        while true {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw fault("no name of a member") }
            let name = try string()
            skipSpace()
            guard take(":") else { throw fault("no colon after a name") }
            skipSpace()
            guard members.updateValue(try value(), forKey: name) == nil else { throw fault("a name stands twice") }
            skipSpace()
            if take("}") { return .object(members) }
            guard take(",") else { throw fault("no comma or brace after a member") }
        }
    }

    /// The text between quotes.
    private mutating func string() throws(MalformedJSON) -> String {
        position += 1
        let start = position
        while let byte = next, byte >= 0x20, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") { position += 1 }
        if next == UInt8(ascii: "\"") {
            defer { position += 1 }
            return String(decoding: text[start..<position], as: UTF8.self)
        }
        var bytes = Array(text[start..<position])
        while let byte = next, byte >= 0x20 {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: bytes, as: UTF8.self)
            case UInt8(ascii: "\\"): bytes.append(contentsOf: String(try escaped()).utf8)
            default: bytes.append(byte)
            }
        }
        throw fault(next == nil ? "a text has no end" : "a control character in a text")
    }

    private mutating func escaped() throws(MalformedJSON) -> Character {
        guard let letter = next else { throw fault("a text has no end") }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Character(Unicode.Scalar(letter))
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return Character(try scalar())
        default: throw fault("an unknown escape")
        }
    }

    private mutating func scalar() throws(MalformedJSON) -> Unicode.Scalar {
        let first = try hexadecimal()
        if first == 0 {
            switch rule {
            case .refused: throw fault("a NUL character")
            case .replaced: return "\u{FFFD}"
            case .kept: return "\0"
            }
        }
        if let scalar = Unicode.Scalar(first) { return scalar }
        guard first < 0xDC00, take("\\"), take("u") else { throw fault("half a surrogate pair") }
        let second = try hexadecimal()
        guard (0xDC00..<0xE000).contains(second),
            let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
        else { throw fault("half a surrogate pair") }
        return scalar
    }

    private mutating func hexadecimal() throws(MalformedJSON) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, byte < 0x80, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault("no four hexadecimal digits")
            }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }

    private mutating func number() throws(MalformedJSON) -> JSONValue {
        let start = position
        _ = take("-")
        if !take("0") { try digits() }
        var isInteger = true
        if take(".") {
            try digits()
            isInteger = false
        }
        if take("e") || take("E") {
            if !take("+") { _ = take("-") }
            try digits()
            isInteger = false
        }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        if isInteger, let value = Int64(digits) { return .int(value) }
        guard let value = Double(digits), value.isFinite else { throw fault("a number out of range") }
        return .double(value)
    }

    private mutating func digits() throws(MalformedJSON) {
        let start = position
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw fault(start == text.count ? "the text ends too early" : "no value") }
    }
}
