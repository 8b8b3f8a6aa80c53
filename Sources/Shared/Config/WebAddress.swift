// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import FoundationEssentials

/// An absolute `http` or `https` URL without user, password or fragment.
package struct WebAddress: Hashable, Sendable {
    /// As it was given.
    package let text: String
    /// Whether it is `https`.
    package let isSecure: Bool
    /// Whether it can only mean this machine.
    package let isLoopback: Bool
    /// Whether there is a question mark in it.
    package let hasQuery: Bool

    /// Takes printable ASCII of at most 2,048 bytes; `nil` for everything else.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }), text.utf8.count <= 2_048,
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "https" || scheme == "http", let host = parts.host, !host.isEmpty,
            parts.user == nil, parts.password == nil, parts.fragment == nil, Self.isPortPossible(text)
        else { return nil }
        self.text = text
        isSecure = scheme == "https"
        isLoopback = Self.isLoopback(host.lowercased())
        hasQuery = parts.query != nil
    }

    /// Whether the port, if there is one, is a TCP port other than 0: URLs may have any digits there (RFC 3986, section
    /// 3.2.3), and who connects takes them as they are.
    private static func isPortPossible(_ text: String) -> Bool {
        guard let start = text.firstRange(of: "//")?.upperBound else { return false }
        let authority = text[start...].prefix { !"/?#".contains($0) }
        let tail = authority.lastIndex(of: "]").map { authority[$0...].dropFirst() } ?? authority
        guard let colon = tail.lastIndex(of: ":") else { return true }
        return UInt16(tail[tail.index(after: colon)...]).map { $0 > 0 } ?? false
    }

    /// The names and the dotted addresses of 127.0.0.0/8; other spellings of them only get a warning too many.
    static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
