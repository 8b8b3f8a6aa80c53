// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What a token must say to be accepted, apart from its signature; a value, given the time.
struct TokenPolicy: Sendable {
    let settings: OIDCSettings

    /// How far the issuer's clock and ours may be apart, in seconds: for `exp`, `nbf` and `iat` (contract, section 6).
    static let leeway: Int64 = 30

    /// Checks the claims and says who bears the token.
    func principal(_ claims: TokenClaims, now: Timestamp) throws(TokenError) -> Principal {
        guard claims.issuer.isSameText(as: settings.issuer.description) else { throw .wrongIssuer }
        if let audience = settings.audience {
            guard claims.audience.contains(where: audience.isSameText) else { throw .wrongAudience }
        }
        let seconds = now.millisecondsSinceEpoch / 1_000
        guard seconds < claims.expiry + Self.leeway else { throw .expired }
        guard (claims.notBefore ?? 0) <= seconds + Self.leeway, (claims.issuedAt ?? 0) <= seconds + Self.leeway else {
            throw .notYetValid
        }
        if let purpose = claims.otherPurpose { throw .wrongKind(purpose) }
        // Tokens of client credentials need not have a subject with every provider.
        guard let subject = claims.subject ?? claims.clientID else {
            throw .malformed("it has neither sub nor client_id")
        }
        return Principal(
            subject: subject, clientID: claims.clientID, scopes: claims.scopes,
            expiresAt: Timestamp(millisecondsSinceEpoch: (claims.expiry + Self.leeway) * 1_000))
    }
}
