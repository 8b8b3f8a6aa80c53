// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import Glibc
import HTTPTypes
import Shared

/// The target of a request in one of the forms of RFC 9112, section 3.2, as a path.
struct RequestTarget: Hashable {
    /// An absolute path and perhaps a query, or `*`.
    ///
    /// Escapes of letters, digits and `-._~` in the path are undone (RFC 3986, section 6.2.2.2); no segment is taken away.
    let path: String
    /// Of the absolute form: the host, with its port.
    let host: String?

    /// Reads a target.
    ///
    /// - Throws: 400 for what has no such form, for a fragment, and for a path that is not percent-encoded UTF-8.
    init(_ text: String, isOptions: Bool) throws(Refusal) {
        guard !text.utf8.contains(UInt8(ascii: "#")) else {
            throw Refusal(.badRequest, "the request's target has a fragment (#…), which no server gets to see")
        }
        var rest = text[...]
        var host: String?
        if text.utf8.first != UInt8(ascii: "/"), text != "*" {
            guard let scheme = ["http://", "https://"].first(where: { text.lowercased().hasPrefix($0) }) else {
                throw Refusal(.badRequest, "the request's target is neither a path nor an http address")
            }
            rest = rest.dropFirst(scheme.count)
            let authority = rest.prefix { $0 != "/" && $0 != "?" }
            guard Self.isHost(authority) else {
                throw Refusal(.badRequest, "the address in the request's target is not of the form http://host:port/…")
            }
            host = String(authority)
            rest = rest.dropFirst(authority.count)
            if rest.isEmpty, isOptions {
                rest = "*"
            } else if rest.first != "/" {
                rest = "/" + rest
            }
        }
        if rest == "*", !isOptions { throw Refusal(.badRequest, "the target * is for OPTIONS") }
        let path = rest.prefix { $0 != "?" }
        guard let plain = PercentText.normalized(path) else {
            throw Refusal(.badRequest, "the path is not percent-encoded UTF-8 without NUL")
        }
        self.path = plain + rest[path.endIndex...]
        self.host = host
    }

    /// Whether this is a host with perhaps a port, and nothing else (RFC 3986, sections 3.2.2 and 3.2.3).
    static func isHost(_ text: Substring) -> Bool {
        guard text.first == "[" else {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard let name = parts.first, !name.isEmpty, parts.count < 3, PercentText.normalized(name) != nil else {
                return false
            }
            return name.utf8.allSatisfy(isHostByte) && (parts.count == 1 || isPort(parts[1]))
        }
        guard let end = text.firstIndex(of: "]") else { return false }
        var address = in6_addr()
        guard inet_pton(AF_INET6, String(text[..<end].dropFirst()), &address) == 1 else { return false }
        let port = text[text.index(after: end)...]
        return port.isEmpty || port.first == ":" && isPort(port.dropFirst())
    }

    private static func isPort(_ text: Substring) -> Bool {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
            && (text.isEmpty || UInt16(text) != nil)
    }

    private static func isHostByte(_ byte: UInt8) -> Bool {
        PercentText.isUnreserved(byte) || "!$&'()*+,;=%".utf8.contains(byte)
    }
}
