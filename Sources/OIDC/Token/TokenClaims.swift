// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The claims of a token that are heeded, with their types checked; nothing is verified.
struct TokenClaims: Hashable, Sendable {
    let issuer: String
    let subject: String?
    let clientID: String?
    let audience: [String]
    /// Whole seconds since 1970, as are the other times.
    let expiry: Int64
    let notBefore: Int64?
    let issuedAt: Int64?
    /// Empty when the token speaks of none: it is good, but for nothing.
    let scopes: Set<String>
    /// Why this is no access token for whoever bears it; `nil` when nothing speaks against it.
    let otherPurpose: String?

    init(_ json: [UInt8]) throws(TokenError) {
        guard let members = JSONReader.object(json) else { throw .malformed("the payload is not a strict JSON object") }
        guard let issuer = try Self.text("iss", in: members) else { throw .wrongIssuer }
        guard let expiry = try Self.seconds("exp", in: members) else { throw .malformed("there is no exp") }
        self.issuer = issuer
        self.expiry = expiry
        notBefore = try Self.seconds("nbf", in: members)
        issuedAt = try Self.seconds("iat", in: members)
        subject = try Self.text("sub", in: members)
        let clientID = try Self.text("client_id", in: members)
        let authorizedParty = try Self.text("azp", in: members)
        self.clientID = clientID ?? authorizedParty
        audience = try Self.texts("aud", in: members, separator: nil) ?? []
        let scope = try Self.texts("scope", in: members, separator: " ")
        let scp = try Self.texts("scp", in: members, separator: " ")
        scopes = Set(scope ?? scp ?? [])
        otherPurpose = Self.otherPurpose(members)
    }

    /// The longest subject or client id, in bytes: they end up in audit lines and keys.
    private static let maximumTextLength = 1_024

    private static func text(_ name: String, in members: [String: JSONValue]) throws(TokenError) -> String? {
        switch members[name] {
        case nil: return nil
        case .string(let text)? where (1...maximumTextLength).contains(text.utf8.count): return text
        default: throw .malformed("\(name) is not a text of up to \(maximumTextLength) bytes")
        }
    }

    /// A NumericDate, whole and between 1970 and 9999.
    ///
    /// RFC 7519 allows fractions; no provider is known to write them, and libraries read them differently.
    private static func seconds(_ name: String, in members: [String: JSONValue]) throws(TokenError) -> Int64? {
        switch members[name] {
        case nil: return nil
        case .int(let value)? where (0...253_402_300_799).contains(value): return value
        default: throw .malformed("\(name) is not a whole number of seconds")
        }
    }

    /// One text (cut at the separator, if any), or a list of texts.
    private static func texts(
        _ name: String, in members: [String: JSONValue], separator: Character?
    ) throws(TokenError) -> [String]? {
        switch members[name] {
        case nil:
            return nil
        case .string(let text)?:
            guard let separator else { return [text] }
            return text.split(separator: separator).map(String.init)
        case .array(let values)?:
            var texts: [String] = []
            for case .string(let text) in values { texts.append(text) }
            guard texts.count == values.count else { break }
            return texts
        default:
            break
        }
        throw .malformed("\(name) is neither a text nor a list of texts")
    }

    /// Signs of ID, refresh and logout tokens, and of tokens that are bound to a key which the bearer would have to prove.
    private static func otherPurpose(_ members: [String: JSONValue]) -> String? {
        if members["events"] != nil { return "it is a security event" }
        if members["cnf"] != nil { return "it is bound to a key, and only bearer tokens are supported" }
        // Keycloak, Glewlwyd and Cognito, in that order, say in these what a token is for.
        let marks: [(name: String, accepted: [String])] = [
            ("typ", ["bearer"]), ("type", ["access_token", "client_token", "bearer"]), ("token_use", ["access"]),
        ]
        var isMarked = false
        for mark in marks {
            guard case .string(let text)? = members[mark.name] else { continue }
            guard mark.accepted.contains(text.lowercased()) else { return "it is not an access token" }
            isMarked = true
        }
        // Keycloak before 24 writes the nonce of the login into access tokens, too.
        let signs = ["at_hash", "c_hash", "s_hash"] + (isMarked ? [] : ["nonce"])
        return signs.contains { members[$0] != nil } ? "it is an ID token" : nil
    }
}
