// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Writes YAML that `YAMLReader`, and every reader of YAML 1.2, reads as the same values.
enum YAMLText {
    /// The lines of an object's fields, in this order.
    static func mapping(_ fields: [(name: String, value: JSONValue)], indent: String = "") -> [String] {
        fields.flatMap { entry("\(indent)\(scalar(.string($0.name))):", $0.value, indent: indent) }
    }

    /// A list of objects, as a sequence.
    static func sequence(_ items: [Item], _ kind: ItemKind) -> [String] {
        items.isEmpty ? ["[]"] : items.flatMap { element(mapping(kind.fields($0), indent: "  "), indent: "") }
    }

    private static func entry(_ head: String, _ value: JSONValue, indent: String) -> [String] {
        switch value {
        case .object(let members) where !members.isEmpty:
            return [head] + mapping(sorted(members), indent: indent + "  ")
        case .array(let elements) where !elements.isEmpty: return [head] + sequence(elements, indent: indent + "  ")
        default: return ["\(head) \(scalar(value))"]
        }
    }

    private static func sequence(_ elements: [JSONValue], indent: String) -> [String] {
        elements.flatMap { element -> [String] in
            switch element {
            case .object(let members) where !members.isEmpty:
                return Self.element(mapping(sorted(members), indent: indent + "  "), indent: indent)
            case .array(let inner) where !inner.isEmpty:
                return Self.element(sequence(inner, indent: indent + "  "), indent: indent)
            default: return ["\(indent)- \(scalar(element))"]
            }
        }
    }

    /// Puts the dash of a sequence into the first of the lines, which are indented by two more.
    private static func element(_ lines: [String], indent: String) -> [String] {
        guard let first = lines.first else { return [] }
        return ["\(indent)- \(first.dropFirst(indent.count + 2))"] + lines.dropFirst()
    }

    private static func sorted(_ members: [String: JSONValue]) -> [(name: String, value: JSONValue)] {
        members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    private static func scalar(_ value: JSONValue) -> String {
        guard case .string(let text) = value else { return PrettyJSON.compact(value) }
        return isPlain(text) ? text : quoted(text)
    }

    /// Whether a text means itself without quotes, to readers of YAML 1.1 too.
    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, text.utf8.count <= 200, text.utf8.last != UInt8(ascii: " ") else {
            return false
        }
        let isLetter = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(first | 0x20)
        // A digit leads numbers, dates and sexagesimals; a duration such as 5m is none of them.
        let isSpan = SpanText.milliseconds(text) != nil && text.contains { $0.isLetter }
        guard isLetter || isSpan else { return false }
        let words: Set<String> = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"]
        return !words.contains(text.lowercased())
            && text.utf8.allSatisfy {
                ($0 | 0x20) >= UInt8(ascii: "a") && ($0 | 0x20) <= UInt8(ascii: "z")
                    || $0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9") || " ._/-".utf8.contains($0)
            }
    }

    /// In double quotes as in JSON, but with one escape for a scalar beyond U+FFFF, where JSON has two.
    private static func quoted(_ text: String) -> String {
        let parts = text.unicodeScalars.map { scalar -> Substring in
            let one = String(scalar)
            let escaped = EscapedText.quoted(one).dropFirst().dropLast()
            guard scalar.value > 0xFFFF, escaped != one else { return escaped }
            let digits = String(scalar.value, radix: 16)
            return "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        return "\"" + parts.joined() + "\""
    }
}
