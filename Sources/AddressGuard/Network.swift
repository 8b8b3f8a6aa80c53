// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The addresses that begin with the same bits (CIDR).
package struct Network: Hashable, Sendable, CustomStringConvertible {
    /// The first of them.
    package let base: IPAddress
    /// How many bits they have in common.
    package let length: Int

    /// What an entry of a list of networks should look like, for messages.
    package static let expected =
        "networks separated by commas, such as 10.0.0.0/8 and fd00::/8, with no bit set after the length"

    /// Reads `10.0.0.0/8`, or an address alone, which is a network of one.
    ///
    /// `nil` for anything else, a bit after the length included. IPv4-mapped networks become IPv4 networks.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = parts.first.flatMap({ IPAddress($0) }) else { return nil }
        let width = address.isIPv4 ? 32 : 128
        var length = width
        if parts.count == 2 {
            let digits = parts[1]
            guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isDecimalDigit),
                digits == "0" || !digits.hasPrefix("0"), let number = Int(digits), number <= width
            else { return nil }
            length = number
        }
        guard address.bits & ((UInt128(1) << (width - length)) &- 1) == 0 else { return nil }
        if length >= 96, address.plain != address {
            base = address.plain
            self.length = length - 96
        } else {
            base = address
            self.length = length
        }
    }

    /// Whether the address is one of them; an IPv4-mapped one counts as the IPv4 address that it is.
    package func contains(_ address: IPAddress) -> Bool {
        let plain = address.plain
        guard plain.isIPv4 == base.isIPv4 else { return false }
        let rest = (base.isIPv4 ? 32 : 128) - length
        return plain.bits >> rest == base.bits >> rest
    }

    /// Whether it has one address only.
    var isSingle: Bool { length == (base.isIPv4 ? 32 : 128) }

    package var description: String { isSingle ? "\(base)" : "\(base)/\(length)" }

    /// One that is written here.
    static func known(_ text: String) -> Network {
        guard let network = Network(text) else { preconditionFailure("\(text) must be a network") }
        return network
    }
}

/// The kinds of addresses that no request should go to; the raw values are for people.
package enum AddressClass: String, Hashable, Sendable, CaseIterable {
    case unspecified
    case loopback
    case linkLocal = "link-local"
    case multicast
    case broadcast
    case documentation
    /// Of a carrier's translation (RFC 6598).
    case carrier = "CGNAT"

    /// The networks of the class, by IANA's registries of special-purpose addresses.
    var networks: [Network] {
        switch self {
        case .unspecified: Self.unspecifiedNetworks
        case .loopback: Self.loopbackNetworks
        case .linkLocal: Self.linkLocalNetworks
        case .multicast: Self.multicastNetworks
        case .broadcast: Self.broadcastNetworks
        case .documentation: Self.documentationNetworks
        case .carrier: Self.carrierNetworks
        }
    }

    /// The class that an address is of, whatever is allowed; `nil` = of none.
    static func of(_ address: IPAddress) -> AddressClass? {
        allCases.first { $0.networks.contains { $0.contains(address) } }
    }

    private static let unspecifiedNetworks = ["0.0.0.0/8", "::"].map(Network.known)
    private static let loopbackNetworks = ["127.0.0.0/8", "::1"].map(Network.known)
    private static let linkLocalNetworks = ["169.254.0.0/16", "fe80::/10"].map(Network.known)
    private static let multicastNetworks = ["224.0.0.0/4", "ff00::/8"].map(Network.known)
    private static let broadcastNetworks = ["255.255.255.255"].map(Network.known)
    private static let documentationNetworks =
        ["192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "2001:db8::/32", "3fff::/20"].map(Network.known)
    private static let carrierNetworks = ["100.64.0.0/10"].map(Network.known)
}
