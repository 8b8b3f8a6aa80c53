// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The address of an OpenID provider, which is also its name: `iss` of its tokens must be this text, byte for byte.
package struct IssuerURL: Hashable, Sendable, CustomStringConvertible {
    /// As the operator wrote it, with or without a slash at the end.
    package let description: String
    /// The same, taken apart.
    package let address: WebAddress

    /// What a setting of this kind should look like, for messages.
    package static let expected =
        "the URL of an OpenID provider such as https://login.example.com/realms/main, without user, query, fragment "
        + "and \(wellKnown)"
    private static let wellKnown = "/.well-known/openid-configuration"

    /// Takes `https://…` and `http://…` without user, query or fragment; `nil` for everything else.
    ///
    /// The place where the provider describes itself is not its name either: no token would carry it.
    package init?(_ text: String) {
        guard let address = WebAddress(text), !address.hasQuery, !text.hasSuffix(Self.wellKnown) else { return nil }
        description = text
        self.address = address
    }

    /// Whether keys would come unprotected over a network: plain HTTP to another machine; worth a warning.
    package var isUnprotected: Bool { !address.isSecure && !address.isLoopback }

    /// Where the provider describes itself (OpenID Connect Discovery 1.0, section 4).
    package var discoveryAddress: String {
        (description.hasSuffix("/") ? String(description.dropLast()) : description)
            + Self.wellKnown
    }

    /// Whether keys may be fetched from there: an issuer with TLS does not send us somewhere without.
    package func mayReferTo(_ other: WebAddress) -> Bool { other.isSecure || !address.isSecure }
}
