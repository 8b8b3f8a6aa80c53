// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// An issuer as it describes itself (OpenID Connect Discovery 1.0, RFC 8414), with what logins need.
struct Provider: Equatable, Sendable {
    let issuer: IssuerURL
    let tokenEndpoint: String
    let authorizationEndpoint: String?
    let deviceEndpoint: String?
    let revocationEndpoint: String?
    /// Whether client secrets may go in the header; the specifications' default.
    let takesBasic: Bool
    /// The scopes that it knows, when it says.
    let scopes: Set<String>?

    /// Asks the issuer.
    static func discover(
        _ issuer: IssuerURL, allowsInsecure: Bool, transport: IssuerTransport
    ) async throws -> Provider {
        guard allowsInsecure || !issuer.isUnprotected else {
            throw CLIFailure(
                .usage, "the issuer \(shown(issuer.description, quoted: false)) is plain http on another machine",
                hints: "Whoever is in between reads and changes what is sent. Use its https address,",
                "or --insecure if you know what you do: it holds for one login and is not saved.")
        }
        let answer = try await transport.send(.init(address: issuer.discoveryAddress))
        guard answer.status == 200 else {
            throw CLIFailure(
                .unreachable,
                "there is no OpenID provider at \(shown(issuer.description, quoted: false)): status \(answer.status)",
                hints: "Asked was \(shown(issuer.discoveryAddress, quoted: false)); look at the issuer's address.")
        }
        return try Provider(document: answer.body, of: issuer, allowsInsecure: allowsInsecure)
    }

    /// Reads the document; its `issuer` must be the one that was asked for, byte for byte, lest one provider speak for
    /// another.
    init(document: [UInt8], of issuer: IssuerURL, allowsInsecure: Bool) throws(CLIFailure) {
        let name = shown(issuer.description, quoted: false)
        guard let members = JSONReader.object(document) else {
            throw CLIFailure(.unreachable, "what \(name) says of itself is not a JSON object")
        }
        guard case .string(let named)? = members["issuer"], named.isSameText(as: issuer.description) else {
            var failure = CLIFailure(.usage, "the provider at \(name) names itself differently")
            if case .string(let named)? = members["issuer"] {
                failure.hints =
                    named.contains("{")
                    ? ["It says \(shown(named)), for many tenants: give the issuer of the one that you log in at."]
                    : ["It says \(shown(named)). Give the issuer exactly so, or do not trust it."]
            }
            throw failure
        }
        func endpoint(_ member: String) throws(CLIFailure) -> String? {
            switch members[member] {
            case nil, .null?: return nil
            case .string(let text)?:
                guard let address = WebAddress(text) else { break }
                guard
                    address.isSecure
                        || !issuer.address.isSecure && (allowsInsecure || address.isLoopback)
                else {
                    throw CLIFailure(.refused, "the \(member) of \(name) is plain http, which is not safe")
                }
                return text
            default: break
            }
            throw CLIFailure(.unreachable, "the \(member) of \(name) is not an address")
        }
        guard let token = try endpoint("token_endpoint") else {
            throw CLIFailure(.unreachable, "\(name) has no token endpoint")
        }
        self.issuer = issuer
        tokenEndpoint = token
        authorizationEndpoint = try endpoint("authorization_endpoint")
        deviceEndpoint = try endpoint("device_authorization_endpoint")
        revocationEndpoint = try endpoint("revocation_endpoint")
        let methods = Self.texts(members["token_endpoint_auth_methods_supported"])
        takesBasic = methods?.contains("client_secret_basic") ?? true
        scopes = Self.texts(members["scopes_supported"])
    }

    private static func texts(_ value: JSONValue?) -> Set<String>? {
        guard case .array(let values)? = value else { return nil }
        var texts: Set<String> = []
        for case .string(let text) in values { texts.insert(text) }
        return texts
    }
}
