// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import AddressGuard

/// What is said of runs that are requests.
package struct HTTPSettings: Sendable {
    /// Where requests may go.
    package var rules: AddressRules
    /// How many requests are in flight.
    package var limits: RequestLimits
    /// The file of client certificates and private authorities; `nil` = there is none.
    package var tlsFile: String?
    /// The address of the API as receivers reach it, without a slash at the end; `nil` = no receiver can report.
    package var publicURL: String?
    /// The proxy through which every request goes; `nil` = none.
    package var proxy: ProxyAddress?

    /// The defaults.
    package init(rules: AddressRules = AddressRules(), limits: RequestLimits = RequestLimits()) {
        self.rules = rules
        self.limits = limits
    }

    /// Reads the settings; their names and defaults are in docs/configuration.md.
    package init(from reader: inout SettingsReader) {
        let allowed = reader.list(.httpAllowedHosts) { text throws(InvalidRule) in try AddressRules.hosts(text) }
        let denied = reader.list(.httpDeniedNetworks) { text throws(InvalidRule) in try AddressRules.networks(text) }
        proxy = reader.secret(
            .httpProxy, expected: ProxyAddress.expected, show: \.description, parse: { ProxyAddress($0) })
        rules = AddressRules(
            allowed: allowed ?? [], denied: denied, allowsLoopback: reader.isAlone && !reader.isSet(.oidcIssuer),
            isBehindProxy: proxy != nil)
        let most = 1...10_000
        limits = RequestLimits(
            inFlight: reader.integer(.httpMaxInFlight, in: most, default: 512),
            perHost: reader.integer(.httpMaxPerHost, in: most, default: 32))
        tlsFile = reader.optional(.httpTLSFile, expected: "the path of a file", show: { $0 }, parse: { $0 })
        // What is wrong may have a password in it.
        publicURL = reader.secret(
            .publicURL, expected: "the address of the API as others reach it, such as https://scheduler.example.com",
            show: { $0 }, parse: { Self.base($0) })
    }

    /// An absolute URL without a query, and without the slashes at its end.
    private static func base(_ text: String) -> String? {
        guard let url = try? HTTPDelivery.url(text), url.parts.count == 1, !text.contains("?") else { return nil }
        var base = url.text
        while base.hasSuffix("/") { base.removeLast() }
        return base
    }
}

/// An HTTP proxy.
package struct ProxyAddress: Hashable, Sendable, CustomStringConvertible, CustomReflectable {
    /// What a setting of this kind should look like, for messages.
    package static let expected = "the address of an HTTP proxy, such as http://proxy.example.com:3128"

    package let host: String
    package let port: Int
    /// Whom the proxy knows; `nil` = it asks nobody.
    package let user: String?
    /// The user's; never to be shown.
    package let password: String

    /// Reads `http://[user:password@]host:port`, user and password percent-encoded; `nil` for anything else.
    package init?(_ text: String) {
        let scheme = "http://"
        guard text.lowercased().hasPrefix(scheme) else { return nil }
        var rest = text.dropFirst(scheme.count)
        if rest.hasSuffix("/") { rest.removeLast() }
        if let end = rest.lastIndex(of: "@") {
            let parts = rest[..<end].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = parts.first.flatMap({ PercentText.decode($0.utf8) }), !name.isEmpty, !name.contains(":"),
                let password = PercentText.decode(parts.dropFirst().first?.utf8 ?? Substring("").utf8)
            else { return nil }
            (user, self.password) = (name, password)
            rest = rest[rest.index(after: end)...]
        } else {
            (user, password) = (nil, "")
        }
        guard let address = ListenAddress(String(rest)), address.port > 0 else { return nil }
        host = address.host
        port = address.port
    }

    /// Without user and password.
    package var description: String {
        "http://\(user == nil ? "" : "***@")\(ListenAddress(host: host, port: port))"
    }

    package var customMirror: Mirror { Mirror(self, children: ["masked": description]) }
}
