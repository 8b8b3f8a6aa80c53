// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The web pages from which browsers may call the API (CORS); none unless an operator names them.
package struct AllowedOrigins: Hashable, Sendable, CustomStringConvertible {
    /// What a setting of this kind should look like, for messages.
    package static let expected = "origins such as https://console.example.com separated by commas, or * for any"

    /// Whether any origin may.
    package let isAny: Bool
    private let origins: [String]

    /// None.
    package init() {
        isAny = false
        origins = []
    }

    /// Reads a list; `nil` when an entry is not `scheme://host[:port]`.
    package init?(_ text: String) {
        let entries = text.split(separator: ",").map { $0.filter { $0 != " " } }
        isAny = entries == ["*"]
        origins = isAny ? [] : entries.map { $0.lowercased() }
        guard isAny || !entries.isEmpty && origins.allSatisfy(Self.isOrigin) else { return nil }
    }

    /// Whether no origin may.
    package var isEmpty: Bool { !isAny && origins.isEmpty }

    /// Whether this origin may; compared letter by letter, as browsers send it.
    package func contains(_ origin: String) -> Bool { isAny || origins.contains(origin) }

    package var description: String { isAny ? "*" : origins.joined(separator: ",") }

    private static func isOrigin(_ text: String) -> Bool {
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
            let host = text.dropFirst(scheme.count)
            return !host.isEmpty && host.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !"/?#@\"\\<>".utf8.contains($0) }
        }
        return false
    }
}
