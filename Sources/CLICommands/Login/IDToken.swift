// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Who logged in: the claims of an ID token that matter to us (OpenID Connect Core 1.0, section 2).
struct IDToken: Equatable, Sendable {
    var issuer: String
    var subject: String
    var audience: [String]
    var authorizedParty: String?
    var expiry: Timestamp
    var issuedAt: Timestamp
    var nonce: String?
    /// A name that people know.
    var name: String?

    /// How far the clocks may differ.
    static let leeway = Duration.seconds(60)

    /// Takes a compact token apart; nothing is verified.
    init(_ text: String) throws(CLIFailure) {
        func fault(_ what: String) -> CLIFailure { CLIFailure(.refused, "the issuer's ID token \(what)") }
        let parts = text.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard text.utf8.count <= 16 * 1024, parts.count == 3, !parts[2].isEmpty,
            let header = Base64URL.decode(parts[0]).flatMap(JSONReader.object),
            let all = Base64URL.decode(parts[1]).flatMap(JSONReader.object)
        else { throw fault("is malformed") }
        guard case .string(let algorithm)? = header["alg"], algorithm.lowercased() != "none" else {
            throw fault("is not signed")
        }
        // Some providers write all members that they know: null says as much as nothing.
        let claims = all.filter { $0.value != .null }
        func date(_ name: String) throws(CLIFailure) -> Timestamp? {
            switch claims[name] {
            case .int?, .double?: break
            default: return nil
            }
            guard let date = claims[name]?.numericDate else {
                throw fault("has an \(name) outside of 1970 to 9999, which counts as expired")
            }
            return date
        }
        guard case .string(let issuer)? = claims["iss"], case .string(let subject)? = claims["sub"], !subject.isEmpty,
            let expiry = try date("exp"), let issuedAt = try date("iat")
        else { throw fault("lacks iss, sub, exp or iat") }
        switch claims["aud"] {
        case .string(let one)?: audience = [one]
        case .array(let values)?:
            audience = values.compactMap { if case .string(let one) = $0 { one } else { nil } }
            guard audience.count == values.count else { throw fault("has a malformed aud") }
        default: throw fault("lacks aud")
        }
        self.issuer = issuer
        self.subject = subject
        self.expiry = expiry
        self.issuedAt = issuedAt
        if let value = claims["azp"] {
            guard case .string(let party) = value else { throw fault("has a malformed azp") }
            authorizedParty = party
        }
        if case .string(let text)? = claims["nonce"] { nonce = text }
        for claim in ["preferred_username", "email", "name"] {
            if name == nil, case .string(let text)? = claims[claim], !text.isEmpty { name = text }
        }
    }

    /// Checks it by the rules of OpenID Connect Core 3.1.3.7.
    ///
    /// A `nonce` of `nil` means that none was sent, as in the device flow.
    func check(issuer: IssuerURL, clientID: String, nonce: String?, at time: Timestamp) throws(CLIFailure) {
        func refuse(_ what: String) -> CLIFailure {
            CLIFailure(.refused, "the ID token \(what)", hints: "Nothing was stored.")
        }
        guard issuer.isMeant(by: self.issuer) else { throw refuse("is from another issuer") }
        guard audience.contains(where: clientID.isSameText) else { throw refuse("is for another client") }
        guard audience.count == 1 || authorizedParty != nil else {
            throw refuse("is for several clients, and lacks azp")
        }
        guard authorizedParty?.isSameText(as: clientID) ?? true else { throw refuse("was given to another client") }
        guard time < expiry + Self.leeway else {
            throw refuse("has expired: is this machine's clock right?")
        }
        guard issuedAt <= time + Self.leeway else {
            throw refuse("is from the future: is this machine's clock right?")
        }
        if let nonce {
            guard self.nonce?.isSameText(as: nonce) ?? false else { throw refuse("answers another login (nonce)") }
        }
    }
}

extension IssuerURL {
    /// Whether a claim `iss` names this issuer: byte for byte, but for Google, which may leave `https://` out (OpenID Connect
    /// Core 15.6.2).
    fileprivate func isMeant(by claim: String) -> Bool {
        claim.isSameText(as: description)
            || description.isSameText(as: "https://accounts.google.com") && claim.isSameText(as: "accounts.google.com")
    }
}
