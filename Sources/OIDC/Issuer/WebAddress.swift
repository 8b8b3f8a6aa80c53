// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Foundation

/// An absolute `http` or `https` URL without user, password or fragment.
struct WebAddress: Hashable, Sendable {
    let text: String
    let isSecure: Bool
    /// Whether it can only mean this machine.
    let isLoopback: Bool
    let hasQuery: Bool

    init?(_ text: String) {
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\\") }), text.utf8.count <= 2_048,
            let parts = URLComponents(string: text), let scheme = parts.scheme?.lowercased(),
            scheme == "https" || scheme == "http", let host = parts.host, !host.isEmpty,
            parts.user == nil, parts.password == nil, parts.fragment == nil
        else { return nil }
        self.text = text
        isSecure = scheme == "https"
        isLoopback = Self.isLoopback(host.lowercased())
        hasQuery = parts.query != nil
    }

    /// The names and the dotted addresses of 127.0.0.0/8; other spellings of them only get a warning too many.
    private static func isLoopback(_ host: String) -> Bool {
        if host == "localhost" || host == "::1" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
