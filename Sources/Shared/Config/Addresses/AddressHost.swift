// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One host of a connection string, with its port if there is one.
struct AddressHost: Equatable {
    /// Without the brackets of an IPv6 address.
    let name: String
    let port: Int?

    /// Reads `host`, `host:port`, `[IPv6]` and `[IPv6]:port`; `nil` for everything else.
    ///
    /// Names are whatever a resolver may know; so percent-encoded paths of sockets pass, too.
    init?(_ text: Substring) {
        var rest = text
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            name = String(text[text.index(after: text.startIndex)..<end])
            guard name.contains(":"), name.utf8.allSatisfy(Self.mayStandInAddress) else { return nil }
            rest = text[text.index(after: end)...]
        } else {
            name = String(text.prefix { $0 != ":" })
            guard !name.isEmpty, !name.unicodeScalars.contains(where: Self.isForbidden) else { return nil }
            rest = text.dropFirst(name.count)
        }
        guard !rest.isEmpty else {
            port = nil
            return
        }
        let digits = rest.dropFirst()
        guard rest.hasPrefix(":"), (1...5).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let port = Int(digits),
            (1...65_535).contains(port)
        else { return nil }
        self.port = port
    }

    private static func mayStandInAddress(_ byte: UInt8) -> Bool {
        byte.isAlphanumeric || ":.%-_".utf8.contains(byte)
    }

    /// What stands in no name, but where something was left out or not percent-encoded.
    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value <= 0x20 || scalar.value == 0x7f || "[]@?#/\\\"'<>".unicodeScalars.contains(scalar)
    }
}
