// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

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
    /// There is no such key.
    package static let unknownKey = TokenError(
        .unknownKey, "the token was signed with a key that the issuer does not have")
    /// It is over.
    package static let expired = TokenError(.expired, "the token has expired")
    /// Its time has not come.
    package static let notYetValid = TokenError(.notYetValid, "the token is not valid yet")
    /// Another issuer's.
    package static let wrongIssuer = TokenError(.wrongIssuer, "the token is from another issuer")
    /// Meant for somebody else.
    package static let wrongAudience = TokenError(.wrongAudience, "the token is for another audience")
    /// Cannot be checked now.
    package static let issuerUnavailable = TokenError(
        .issuerUnavailable, "the token cannot be checked: the issuer's keys are not available at the moment")
}
