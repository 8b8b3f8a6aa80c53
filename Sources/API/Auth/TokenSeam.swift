// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Says who bears a token.
package protocol TokenVerifier: Sendable {
    /// Checks an access token in compact form.
    func verify(_ token: String) async throws(TokenError) -> Principal
}

/// Who makes a request, and what he may do.
package struct Principal: Hashable, Sendable {
    /// `sub` of the token.
    package let subject: String
    /// The client that the token was issued to.
    package let clientID: String?
    /// What was granted.
    package let scopes: Set<String>
    /// When the token ends.
    package let expiresAt: Timestamp

    /// Puts a principal together.
    package init(subject: String, clientID: String?, scopes: Set<String>, expiresAt: Timestamp) {
        self.subject = subject
        self.clientID = clientID
        self.scopes = scopes
        self.expiresAt = expiresAt
    }
}

/// Why a token was not accepted.
package struct TokenError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Code: Hashable, Sendable {
        case malformed
        case expired
        case issuerUnavailable
    }

    /// The kind of trouble.
    package let code: Code
    /// Fit to be shown.
    package let description: String

    /// The token is over.
    package static let expired = TokenError(code: .expired, description: "the token has expired")
    /// It cannot be checked now.
    package static let issuerUnavailable = TokenError(
        code: .issuerUnavailable, description: "the issuer's keys are not available at the moment")

    /// Says what is wrong.
    package static func malformed(_ what: String) -> TokenError {
        TokenError(code: .malformed, description: "the token is malformed: \(what)")
    }
}
