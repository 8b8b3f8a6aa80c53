// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

extension JSONReader {
    /// `true`, `false`, `null`; any other bare word is mended to null (`Mend.words`).
    mutating func word() throws(MalformedJSON) -> JSONValue {
        let start = position
        while let byte = next, Self.isOfWord(byte) { position += 1 }
        let word = String(decoding: text[start..<position], as: UTF8.self)
        switch word {
        case "true": return .bool(true)
        case "false": return .bool(false)
        case "null": return .null
        default: break
        }
        let end = position
        position = start
        guard end > start else { throw missing(next == UInt8(ascii: "'") ? "a text in single quotes" : "no value") }
        try mend(.words, orThrow: Self.strangers.contains(word) ? "\(word) is not JSON" : "no value")
        position = end
        return .null
    }

    /// A number; one that no double can hold is mended to null (`Mend.range`).
    mutating func number() throws(MalformedJSON) -> JSONValue {
        let start = position
        _ = take("-")
        var isWhole = true
        var isNumber = take("0") || digits()
        if isNumber, take(".") {
            isWhole = false
            isNumber = digits()
        }
        if isNumber, take("e") || take("E") {
            if !take("+") { _ = take("-") }
            isWhole = false
            isNumber = digits()
        }
        // `-Infinity`, `1.`, `007`: as one word.
        guard isNumber, !(next.map(Self.isOfWord) ?? false) else {
            guard position < text.count else { throw missing("no digit") }
            position = start
            return try word()
        }
        let digits = String(decoding: text[start..<position], as: UTF8.self)
        if isWhole, let value = Int64(digits) { return .int(value) }
        if let value = Double(digits), value.isFinite { return .double(value) }
        try mend(.range, orThrow: "a number out of range")
        return .null
    }

    private mutating func digits() -> Bool {
        let start = position
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        return position > start
    }

    /// Words of other languages that programs write when they mean JSON.
    private static let strangers: Set<String> = [
        "NaN", "nan", "-nan", "Infinity", "-Infinity", "inf", "-inf", "None", "True", "False", "undefined", "nil",
        "NULL",
    ]

    private static func isOfWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "."), UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default: false
        }
    }
}
