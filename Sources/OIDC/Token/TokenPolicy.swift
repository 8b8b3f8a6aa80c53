// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What a token must say to be accepted, apart from its signature; a value, given the time.
struct TokenPolicy: Sendable {
    let settings: OIDCSettings

    /// How far the issuer's clock may be ahead of ours: `nbf` and `iat` may lie so far in the future, in seconds.
    ///
    /// `exp` gets none: a token that has expired is refused, and its holder gets a new one.
    static let leeway: Int64 = 30

    /// Checks the claims and says who bears the token.
    func principal(_ claims: TokenClaims, now: Timestamp) throws(TokenError) -> Principal {
        guard claims.issuer.isSameText(as: settings.issuer.description) else { throw .wrongIssuer }
        if let audience = settings.audience {
            guard claims.audience.contains(where: audience.isSameText) else { throw .wrongAudience }
        }
        let seconds = now.millisecondsSinceEpoch / 1_000
        guard seconds < claims.expiry else { throw .expired }
        guard (claims.notBefore ?? 0) <= seconds + Self.leeway, (claims.issuedAt ?? 0) <= seconds + Self.leeway else {
            throw .notYetValid
        }
        if let purpose = claims.otherPurpose { throw .wrongKind(purpose) }
        guard let scopes = claims.scopes else { throw .wrongKind("it has no scope") }
        // Tokens of client credentials need not have a subject with every provider.
        guard let subject = claims.subject ?? claims.clientID else {
            throw .malformed("it has neither sub nor client_id")
        }
        return Principal(
            subject: subject, clientID: claims.clientID, scopes: scopes,
            expiresAt: Timestamp(millisecondsSinceEpoch: claims.expiry * 1_000))
    }
}
