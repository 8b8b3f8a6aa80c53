// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// JSON for people and programs: indented, in the order of `ItemKind`, control characters escaped.
enum PrettyJSON {
    static func text(_ items: [Item], _ kind: ItemKind) -> String {
        guard !items.isEmpty else { return "[]" }
        return "[\n" + items.map { "  " + object(kind.fields($0), indent: "  ") }.joined(separator: ",\n") + "\n]"
    }

    static func text(_ item: Item, _ kind: ItemKind) -> String {
        object(kind.fields(item), indent: "")
    }

    /// The object on one line, for a stream of them.
    static func line(_ item: Item, _ kind: ItemKind) -> String {
        "{" + kind.fields(item).map { "\(EscapedText.quoted($0.name)):\(compact($0.value))" }.joined(separator: ",")
            + "}"
    }

    private static func object(_ fields: [(name: String, value: JSONValue)], indent: String) -> String {
        guard !fields.isEmpty else { return "{}" }
        let lines = fields.map {
            "\(indent)  \(EscapedText.quoted($0.name)): \(value($0.value, indent: indent + "  "))"
        }
        return "{\n" + lines.joined(separator: ",\n") + "\n\(indent)}"
    }

    private static func value(_ value: JSONValue, indent: String) -> String {
        switch value {
        case .array(let elements) where !elements.isEmpty:
            let lines = elements.map { "\(indent)  \(Self.value($0, indent: indent + "  "))" }
            return "[\n" + lines.joined(separator: ",\n") + "\n\(indent)]"
        case .object(let members) where !members.isEmpty:
            return object(members.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }, indent: indent)
        default: return compact(value)
        }
    }

    /// A value on one line.
    static func compact(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): return EscapedText.quoted(text)
        case .array(let elements): return "[" + elements.map { compact($0) }.joined(separator: ",") + "]"
        case .object(let members):
            let pairs = members.sorted { $0.key < $1.key }.map { "\(EscapedText.quoted($0.key)):\(compact($0.value))" }
            return "{" + pairs.joined(separator: ",") + "}"
        case .null, .bool, .int, .double:
            var writer = JSONWriter(capacity: 32)
            writer.write(value)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }
}
