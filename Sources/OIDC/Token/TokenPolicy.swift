// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What a token must say to be accepted, apart from its signature; a value, given the time.
struct TokenPolicy: Sendable {
    let settings: OIDCSettings

    /// How far the issuer's clock and ours may be apart: for `exp`, `nbf` and `iat` (contract, section 6).
    static let leeway = Duration.seconds(30)

    /// Checks the claims and says who bears the token.
    func principal(_ claims: TokenClaims, now: Timestamp) throws(TokenError) -> Principal {
        let issuer = settings.issuer.description
        guard claims.issuer.isSameText(as: issuer) else { throw .wrongIssuer(claims.issuer, insteadOf: issuer) }
        if let audience = settings.audience {
            guard !claims.audience.isEmpty else { throw .noAudience }
            guard claims.audience.contains(where: audience.isSameText) else { throw .wrongAudience }
        }
        let end = claims.expiry + Self.leeway
        guard now < end else { throw .expired }
        let soon = now + Self.leeway
        guard claims.notBefore ?? now <= soon, claims.issuedAt ?? now <= soon else { throw .notYetValid }
        if let purpose = claims.otherPurpose { throw .wrongKind(purpose) }
        // Tokens of client credentials need not have a subject with every provider.
        guard let subject = claims.subject ?? claims.clientID else {
            throw .malformed("it has neither sub nor client_id")
        }
        return Principal(
            subject: subject, clientID: claims.clientID, scopes: claims.scopes, expiresAt: end)
    }
}
