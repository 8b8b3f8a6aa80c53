// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A host and a port to listen on.
package struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    /// A name or an address, without the brackets of an IPv6 one; never empty.
    package let host: String
    /// 0 = any free port.
    package let port: Int

    /// What a setting of this kind should look like, for messages.
    package static let expected = "host:port, such as 127.0.0.1:9090 or [::1]:9090, with a port from 0 to 65535"

    package init(host: String, port: Int) {
        self.host = host
        self.port = port
    }

    /// Reads `host:port`; an IPv6 address stands in brackets.
    ///
    /// `nil` for anything else.
    package init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":") else { return nil }
        let digits = text[text.index(after: colon)...]
        var host = text[..<colon]
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }),
            let port = Int(digits), port <= 65535
        else { return nil }
        if host.hasPrefix("["), host.hasSuffix("]") {
            host = host.dropFirst().dropLast()
            guard host.contains(":"), host.utf8.allSatisfy(Self.mayStandInIPv6) else { return nil }
        } else {
            guard host.utf8.allSatisfy(Self.mayStandInName) else { return nil }
        }
        guard !host.isEmpty else { return nil }
        self.init(host: String(host), port: port)
    }

    /// Whether only this machine can reach it.
    package var isLoopback: Bool { WebAddress.isLoopback(host.lowercased()) }

    package var description: String {
        host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    }

    private static func mayStandInName(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || ".-_".utf8.contains(byte)
    }

    private static func mayStandInIPv6(_ byte: UInt8) -> Bool {
        mayStandInName(byte) || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "%")
    }
}
