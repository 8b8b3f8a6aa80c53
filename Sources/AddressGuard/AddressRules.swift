// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Which hosts and addresses a request may go to (contract, section 9, "Guard").
///
/// | an address that is | may be called |
/// |---|---|
/// | a cloud's metadata service, or holds its address | when it is named exactly |
/// | named in the list of allowed hosts, or belongs to a name that is | yes |
/// | in a denied network, or holds an address of one | no |
/// | anything else | while no hosts are listed |
package struct AddressRules: Hashable, Sendable {
    /// Named hosts; empty = any.
    package let allowed: [AllowedHost]
    /// Where nothing may go that is not named; `nil` = to the networks of every ``AddressClass``.
    package let denied: [Network]?
    /// Whether loopback may be called by default: for a program that is its owner's alone.
    package let allowsLoopback: Bool
    /// Whether a proxy resolves the names, so that their addresses are never known here.
    package let isBehindProxy: Bool

    /// The rules without settings, unless some are given.
    package init(
        allowed: [AllowedHost] = [], denied: [Network]? = nil, allowsLoopback: Bool = false, isBehindProxy: Bool = false
    ) {
        self.allowed = allowed
        self.denied = denied
        self.allowsLoopback = allowsLoopback
        self.isBehindProxy = isBehindProxy
    }

    /// The metadata services of the usual clouds: whoever may ask them gets the machine's credentials.
    static let metadata = ["169.254.169.254", "169.254.170.2", "fd00:ec2::254", "100.100.100.200"].map(Network.known)

    /// What is to be said against a host as it is written in a URL; `nil` = nothing that can be known without resolving it.
    package func objection(host text: some StringProtocol, port: UInt16) -> AddressDenial? {
        switch WrittenHost(text) {
        case .address(let address): return objection(to: address, host: text, port: port)
        case .unclear: return AddressDenial(.host, "\(text)", because: "neither a name nor an address that is clear")
        case .name(let name):
            // What is listed by address may have any name, where its address will be seen.
            let mayBeListed = allowed.contains {
                if case .network = $0.subject { !isBehindProxy && $0.isFor(port) } else { $0.names(name, port: port) }
            }
            return allowed.isEmpty || mayBeListed ? nil : AddressDenial(.host, name, because: "not listed")
        }
    }

    /// What is to be said against a connection to this address on behalf of a host as it is written in a URL; `nil` = nothing.
    package func objection(to address: IPAddress, host text: some StringProtocol, port: UInt16) -> AddressDenial? {
        let plain = address.plain
        let faces = [plain] + plain.embedded
        let kind = faces.lazy.compactMap { AddressClass.of($0) }.first
        if faces.contains(where: { face in Self.metadata.contains { $0.contains(face) } }) {
            let isNamed = allowed.contains { $0.namesExactly(plain, port: port) }
            return isNamed ? nil : AddressDenial(.address, "\(address)", because: kind?.rawValue ?? "cloud metadata")
        }
        var isListed = allowed.contains { $0.names(plain, port: port) }
        if case .name(let name) = WrittenHost(text), allowed.contains(where: { $0.names(name, port: port) }) {
            isListed = true
        }
        if isListed { return nil }
        if let denied {
            if faces.contains(where: { face in denied.contains { $0.contains(face) } }) {
                return AddressDenial(.address, "\(address)", because: kind?.rawValue ?? "denied network")
            }
        } else if let kind, !(allowsLoopback && AddressClass.of(plain) == .loopback) {
            return AddressDenial(.address, "\(address)", because: kind.rawValue)
        }
        return allowed.isEmpty ? nil : AddressDenial(.address, "\(address)", because: "not listed")
    }
}

/// Why a request may not go somewhere.
package struct AddressDenial: Error, Hashable, CustomStringConvertible {
    /// What is denied.
    enum Subject: String {
        case address
        case host
    }

    /// One line: `address not allowed: 169.254.169.254 (link-local)`.
    package let description: String

    init(_ subject: Subject, _ text: String, because reason: String) {
        description = "\(subject) not allowed: \(text.prefix(253)) (\(reason))"
    }
}

/// An entry of a list that is none.
package struct InvalidRule: Error, Equatable {
    /// The entry, without the spaces around it.
    package let entry: String
    /// What was expected in its place.
    package let expected: String

    package init(entry: String, expected: String) {
        self.entry = entry
        self.expected = expected
    }
}

extension AddressRules {
    /// Reads a list of allowed hosts, separated by commas.
    package static func hosts(_ text: String) throws(InvalidRule) -> [AllowedHost] {
        try entries(text, expected: AllowedHost.expected) { AllowedHost($0) }
    }

    /// Reads a list of denied networks, separated by commas.
    package static func networks(_ text: String) throws(InvalidRule) -> [Network] {
        try entries(text, expected: Network.expected) { Network($0) }
    }

    private static func entries<Entry>(
        _ text: String, expected: String, _ parse: (String) -> Entry?
    ) throws(InvalidRule) -> [Entry] {
        var entries: [Entry] = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            var bare = part.drop { $0 == " " }
            while bare.last == " " { bare.removeLast() }
            let entry = String(bare)
            guard let parsed = parse(entry) else { throw InvalidRule(entry: entry, expected: expected) }
            entries.append(parsed)
        }
        return entries
    }
}
