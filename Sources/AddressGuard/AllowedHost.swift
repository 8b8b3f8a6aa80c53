// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One entry of the list of hosts to which requests may go.
package struct AllowedHost: Hashable, Sendable {
    /// Whom it names.
    enum Subject: Hashable, Sendable {
        /// This name only.
        case name(String)
        /// This name and all below it.
        case domain(String)
        case network(Network)
    }

    /// What an entry should look like, for messages.
    package static let expected =
        "names, *.example.com, addresses and networks separated by commas, each with :port or for all ports, IPv6 in "
        + "brackets: hooks.example.com, 10.1.2.0/24:8443, [fd00::5]:443"

    let subject: Subject
    /// `nil` = every port.
    let port: UInt16?

    /// Reads one entry; `nil` for anything that is none.
    package init?(_ text: String) {
        let lower = text.lowercased()
        if lower.hasPrefix("[") {
            guard let end = lower.firstIndex(of: "]") else { return nil }
            var address = String(lower[..<end].dropFirst())
            guard address.contains(":") else { return nil }
            var rest = lower[lower.index(after: end)...]
            if rest.hasPrefix("/") {
                let length = rest.prefix { $0 != ":" }
                address += length
                rest = rest[length.endIndex...]
            }
            guard let network = Network(address), let port = Self.port(rest) else { return nil }
            self.init(.network(network), port)
        } else if let slash = lower.firstIndex(of: "/") {
            let end = lower[slash...].firstIndex(of: ":") ?? lower.endIndex
            guard let network = Network(lower[..<end]), let port = Self.port(lower[end...]) else { return nil }
            self.init(.network(network), port)
        } else {
            let host = lower.prefix { $0 != ":" }
            guard let port = Self.port(lower[host.endIndex...]) else { return nil }
            let isDomain = host.hasPrefix("*.")
            switch WrittenHost(isDomain ? host.dropFirst(2) : host) {
            case .name(let name): self.init(isDomain ? .domain(name) : .name(name), port)
            case .address where !isDomain:
                guard let network = Network(host) else { return nil }
                self.init(.network(network), port)
            case .address, .unclear: return nil
            }
        }
    }

    private init(_ subject: Subject, _ port: UInt16) {
        self.subject = subject
        self.port = port == 0 ? nil : port
    }

    /// `:443`, or nothing, which gives 0; `nil` for anything else.
    private static func port(_ text: Substring) -> UInt16? {
        guard !text.isEmpty else { return 0 }
        let digits = text.dropFirst()
        guard text.hasPrefix(":"), (1...5).contains(digits.utf8.count), digits.utf8.allSatisfy(\.isDecimalDigit),
            let port = UInt16(digits), port > 0
        else { return nil }
        return port
    }

    func isFor(_ port: UInt16) -> Bool { self.port == nil || self.port == port }

    /// Whether it names this name, in lower case and without a dot at the end.
    func names(_ name: String, port: UInt16) -> Bool {
        guard isFor(port) else { return false }
        return switch subject {
        case .name(let own): own == name
        case .domain(let apex): name == apex || name.hasSuffix("." + apex)
        case .network: false
        }
    }

    /// Whether it names this address, alone or among others.
    func names(_ address: IPAddress, port: UInt16) -> Bool {
        if case .network(let network) = subject { isFor(port) && network.contains(address) } else { false }
    }

    /// Whether it names this address and no other.
    func namesExactly(_ address: IPAddress, port: UInt16) -> Bool {
        if case .network(let network) = subject { network.isSingle && names(address, port: port) } else { false }
    }

    /// Whether it names this host as it is written, at this port.
    package func matches(_ host: WrittenHost, port: UInt16) -> Bool {
        switch host {
        case .name(let name): names(name, port: port)
        case .address(let address): names(address.plain, port: port)
        case .unclear: false
        }
    }

    /// Of two that match, the one with more of it is the more particular.
    package var precision: Int {
        let subject =
            switch subject {
            case .name: 1_000
            case .domain(let apex): apex.utf8.count
            case .network(let network): network.length
            }
        return 2 * subject + (port == nil ? 0 : 1)
    }
}
