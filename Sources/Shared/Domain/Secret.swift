// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A text that nobody is to see but the one it is sent to.
///
/// Whatever prints it prints `***`; only ``secretText`` has it.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The text as it was given.
    ///
    /// For the request and for stores only; never to be logged, shown or put into an error.
    package let secretText: String

    package init(_ text: String) {
        secretText = text
    }

    package static func == (left: Secret, right: Secret) -> Bool { left.secretText.isSameText(as: right.secretText) }

    package var description: String { "***" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: ["masked": description]) }
}

/// What requests are signed with (contract, section 9).
package struct SigningSecret: Hashable, Sendable {
    /// What the text of a key begins with (Standard Webhooks, "Signature scheme").
    private static let prefix = "whsec_"
    /// How many bytes a key that is given as such has.
    private static let keyLengths = 24...64
    /// How many characters another secret has.
    private static let textLengths = 16...256

    /// As it was given.
    package let text: Secret

    /// Takes `whsec_` and the base64 of a key, or any other text, which is the key as it stands, in UTF-8.
    ///
    /// - Throws: the rule that it breaks, without the text.
    package init(_ text: String) throws(InvalidText) {
        if text.hasPrefix(Self.prefix) {
            guard let key = Self.key(text), Self.keyLengths.contains(key.count) else {
                throw InvalidText(
                    "begins with \(Self.prefix), but what follows is not the base64 of "
                        + "\(Self.keyLengths.lowerBound) to \(Self.keyLengths.upperBound) bytes")
            }
        } else {
            guard Self.textLengths.contains(text.unicodeScalars.count) else {
                throw InvalidText(
                    "is too \(text.unicodeScalars.count < Self.textLengths.lowerBound ? "short" : "long"): expected "
                        + "\(Self.textLengths.lowerBound) to \(Self.textLengths.upperBound) characters, "
                        + "or \(Self.prefix) and a key")
            }
            guard text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else {
                throw InvalidText("holds a line end or another control character")
            }
        }
        self.text = Secret(text)
    }

    /// The bytes that requests are signed with.
    package var key: [UInt8] { Self.key(text.secretText) ?? Array(text.secretText.utf8) }

    /// The key in a text that begins with ``prefix``; `nil` = the text is not the base64 of anything (RFC 4648, section 4).
    private static func key(_ text: String) -> [UInt8]? {
        guard text.hasPrefix(prefix) else { return nil }
        let characters = text.utf8.dropFirst(prefix.utf8.count)
        guard characters.count % 4 == 0, !characters.contains(where: { "-_".utf8.contains($0) }) else { return nil }
        let padding = characters.reversed().prefix { $0 == UInt8(ascii: "=") }.count
        guard padding <= 2 else { return nil }
        return Base64URL.decode(
            characters.dropLast(padding).map { character in
                switch character {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                default: character
                }
            })
    }
}

/// Why a text is not what it should be.
package struct InvalidText: Error, Hashable, CustomStringConvertible {
    /// Goes on after the name of the field; shows nothing of the text.
    package let reason: String

    package init(_ reason: String) {
        self.reason = reason
    }

    package var description: String { reason }
}
