// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// The claims of a token that are heeded, with their types checked; nothing is verified.
struct TokenClaims: Hashable, Sendable {
    let issuer: String
    let subject: String?
    let clientID: String?
    let audience: [String]
    let expiry: Timestamp
    let notBefore: Timestamp?
    let issuedAt: Timestamp?
    /// Empty when the token speaks of none: it is good, but for nothing.
    let scopes: Set<String>
    /// What it is instead of an access token for whoever bears it; `nil` when nothing speaks against that.
    let otherPurpose: String?

    /// Reads a payload; the kind is what the header says.
    init(_ json: [UInt8], kind: TokenKind = .plain) throws(TokenError) {
        // Some providers write all members that they know: null says as much as nothing.
        let members = try TokenJSON.members(json, of: "payload").filter { $0.value != .null }
        guard let issuer = try Self.text("iss", in: members) else { throw .wrongIssuer }
        guard let expiry = try Self.date("exp", in: members) else { throw .malformed("there is no exp") }
        self.issuer = issuer
        self.expiry = expiry
        notBefore = try Self.date("nbf", in: members)
        issuedAt = try Self.date("iat", in: members)
        subject = try Self.text("sub", in: members)
        clientID = try Self.clientID(in: members)
        audience = try Self.audience(in: members)
        let scope = try Self.scopes("scope", in: members)
        scopes = scope.isEmpty ? try Self.scopes("scp", in: members) : scope
        otherPurpose = TokenPurpose.other(members, kind: kind)
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

    private static func date(_ name: String, in members: [String: JSONValue]) throws(TokenError) -> Timestamp? {
        guard let value = members[name] else { return nil }
        guard let date = value.numericDate else {
            throw .malformed("\(name) is not a number of seconds since 1970 and before the year 10000")
        }
        return date
    }

    /// Whom it was issued to; Okta says so in `cid`, Entra's version 1.0 in `appid`.
    private static func clientID(in members: [String: JSONValue]) throws(TokenError) -> String? {
        for name in ["client_id", "azp"] where members[name] != .string("") {
            if let text = try text(name, in: members) { return text }
        }
        for name in ["cid", "appid"] {
            if case .string? = members[name] { return try text(name, in: members) }
        }
        return nil
    }

    private static func audience(in members: [String: JSONValue]) throws(TokenError) -> [String] {
        switch members["aud"] {
        case nil: return []
        case .string(let text)?: return [text]
        case .array(let values)?:
            var texts: [String] = []
            for case .string(let text) in values { texts.append(text) }
            if texts.count == values.count { return texts }
        default: break
        }
        throw .malformed("aud is neither a text nor a list of texts")
    }

    private static func scopes(_ name: String, in members: [String: JSONValue]) throws(TokenError) -> Set<String> {
        guard let value = members[name] else { return [] }
        guard let scopes = value.scopeList else { throw .malformed("\(name) is neither a text nor a list of texts") }
        return Set(scopes)
    }
}
