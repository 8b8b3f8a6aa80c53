// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// A value of a YAML document and where it stands.
package struct YAMLNode: Sendable, Equatable {
    /// Its kind, and what it holds.
    package enum Content: Sendable, Equatable {
        case scalar(JSONValue)
        case sequence([YAMLNode])
        case mapping([Member])
    }

    /// An entry of a mapping.
    package struct Member: Sendable, Equatable {
        package let key: String
        /// The line of the key, from 1.
        package let line: Int
        package let value: YAMLNode
    }

    package let content: Content
    /// From 1.
    package let line: Int

    package var isNull: Bool { content == .scalar(.null) }

    /// The value without the places.
    package var json: JSONValue {
        switch content {
        case .scalar(let value): value
        case .sequence(let nodes): .array(nodes.map(\.json))
        case .mapping(let members):
            .object(Dictionary(members.map { ($0.key, $0.value.json) }, uniquingKeysWith: { first, _ in first }))
        }
    }
}

/// What a scalar without quotes means by the core schema of YAML 1.2 (section 10.3.2), as far as JSON has it.
///
/// Octal and hexadecimal numbers, numbers with leading zeros, infinities and what YAML 1.1 took for truth values (`yes`,
/// `on`) are texts: where a number or a truth value is expected they are refused with a word, not misread.
package enum YAMLScalar {
    /// The value of a text.
    package static func value(_ text: String) -> JSONValue {
        switch text {
        case "", "~", "null", "Null", "NULL": return .null
        case "true", "True", "TRUE": return .bool(true)
        case "false", "False", "FALSE": return .bool(false)
        default: break
        }
        let digits = text.hasPrefix("+") ? text.dropFirst() : text[...]
        guard let first = digits.utf8.first, first == UInt8(ascii: "-") || (0x30...0x39).contains(first),
            let value = try? JSONReader.read(Array(digits.utf8))
        else { return .string(text) }
        return value
    }
}
