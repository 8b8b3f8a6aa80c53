// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Why a token was not accepted.
package struct TokenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Code: String, CaseIterable, Hashable, Sendable {
        /// Not written as a token must be, or without a claim that it must have.
        case malformed
        /// `alg` is none of RS256/384/512 and ES256/384/512, or not what the key is for.
        case unsupportedAlgorithm
        /// The signature was not made with the issuer's key over this text.
        case badSignature
        /// The issuer has no such key, or none can be told without `kid`.
        case unknownKey
        /// `exp` is over.
        case expired
        /// `nbf` or `iat` lies in the future.
        case notYetValid
        /// `iss` is not our issuer.
        case wrongIssuer
        /// `aud` does not contain our audience.
        case wrongAudience
        /// An ID token, a refresh token, a token bound to a key: no access token for its bearer.
        case wrongKind
        /// None of the texts that are accepted here; nobody issues tokens.
        case unknownToken
        /// It cannot be checked now, because there are no keys: the same token may be accepted later (503, not 401).
        case issuerUnavailable
    }

    /// The kind of trouble.
    package let code: Code
    /// One sentence that may be shown to whoever sent the token; nothing of the token is in it.
    package let description: String

    private init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// Says what is wrong; the text must not repeat any of the token.
    package static func malformed(_ what: String) -> TokenError {
        TokenError(.malformed, "the token is malformed: \(what)")
    }

    /// Says what the token is instead.
    package static func wrongKind(_ what: String) -> TokenError {
        TokenError(.wrongKind, "the token is not an access token: \(what)")
    }

    /// `alg` is not accepted.
    package static let unsupportedAlgorithm = TokenError(
        .unsupportedAlgorithm, "the token's algorithm is not accepted; RS256, RS384, RS512, ES256, ES384 and ES512 are")
    /// `alg` is not what the key that `kid` names is for.
    package static let algorithmOfAnotherKey = TokenError(
        .unsupportedAlgorithm, "the token's algorithm is not that of its key")
    /// The signature is wrong.
    package static let badSignature = TokenError(.badSignature, "the token's signature is wrong")
    /// There is no such key; also what the tokens have that a provider keeps for its own use (Okta's org server).
    package static let unknownKey = TokenError(
        .unknownKey,
        "the token was signed with a key that the issuer does not publish; is it an access token for this API?")
    /// There is such a key, but it is not used.
    static func unusedKey(_ fault: KeyFault) -> TokenError {
        TokenError(.unknownKey, "the token's key is published by the issuer, but not used: \(fault.rawValue)")
    }
    /// The header has no `kid`, and the issuer so many keys for its algorithm, not just one.
    static func noKeyID(keys count: Int) -> TokenError {
        let keys = count == 0 ? "no key" : "\(count) keys"
        return TokenError(
            .unknownKey,
            "the token has no kid, and the issuer publishes \(keys) for its algorithm, so it is unknown which signed it"
        )
    }
    /// It is over.
    package static let expired = TokenError(.expired, "the token has expired")
    /// Its time has not come.
    package static let notYetValid = TokenError(.notYetValid, "the token is not valid yet")
    /// Another issuer's.
    package static let wrongIssuer = TokenError(.wrongIssuer, "the token is from another issuer")
    /// Another issuer's, or ours under another spelling, which is said.
    static func wrongIssuer(_ issuer: String, insteadOf expected: String) -> TokenError {
        if issuer.isSameText(as: expected + "/") || expected.isSameText(as: issuer + "/") {
            return TokenError(
                .wrongIssuer, "the token's iss and the issuer of this API differ in the slash at the end, which counts")
        }
        if issuer.hasPrefix("https://sts.windows.net/") {
            return TokenError(
                .wrongIssuer,
                "the token is from another issuer: it is one of Entra's version 1.0; set requestedAccessTokenVersion to 2"
            )
        }
        return wrongIssuer
    }
    /// Meant for somebody else.
    package static let wrongAudience = TokenError(
        .wrongAudience, "the token is for another audience than this API")
    /// Meant for nobody in particular.
    static let noAudience = TokenError(
        .wrongAudience, "the token has no aud, and this API accepts only tokens that are meant for it")
    /// No JWT.
    static let opaque = TokenError(
        .malformed,
        "the token is not a JWT: have the issuer make JWT access tokens for this API (see its audience or token format)"
    )
    /// A JWT that only somebody else can read.
    static let encrypted = TokenError(
        .malformed,
        "the token is encrypted: have the issuer make signed JWT access tokens for this API (see its audience)")
    /// Nothing that is accepted where no provider issues tokens.
    package static let unknownToken = TokenError(.unknownToken, "the token is none of those that are accepted here")
    /// Cannot be checked now.
    package static let issuerUnavailable = TokenError(
        .issuerUnavailable, "the token cannot be checked: the issuer's keys are not available at the moment")
}
