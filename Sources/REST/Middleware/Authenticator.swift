// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import HTTPTypes
package import OIDC
package import Shared

/// Finds out who makes a request, and whether they may.
package struct Authenticator: Sendable {
    private let verifier: any TokenVerifier

    package init(verifier: any TokenVerifier) {
        self.verifier = verifier
    }

    /// The bearer of the request's token.
    ///
    /// - Throws: 401 without a usable token, 503 while the issuer's keys are not to be had, 400 for two tokens.
    ///
    /// `assumed` is the token of a request that brings none, or the name of a static one.
    package func principal(_ headers: HTTPFields, assumed: Secret? = nil) async throws(Problem) -> Principal {
        let values = headers[values: .authorization]
        guard values.count < 2 else { throw .malformed("there is more than one Authorization header") }
        guard let value = values.first else {
            guard let assumed else { throw .unauthorized("a bearer token is needed", isToken: false) }
            if let named = (verifier as? StaticTokens)?.bearer(named: assumed.secretText) { return named }
            return try await bearer(of: assumed.secretText)
        }
        // Spaces and, of the lenient kind, tabs may be several (RFC 9110, sections 11.4 and 5.6.3).
        let parts = value.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }.map { Substring($0) }
        guard parts.count == 2, parts[0].lowercased() == "bearer" else {
            throw .unauthorized("the header Authorization must be: Bearer, a space, a token", isToken: false)
        }
        return try await bearer(of: String(parts[1]))
    }

    private func bearer(of token: String) async throws(Problem) -> Principal {
        do {
            return try await verifier.verify(token)
        } catch {
            guard error.code == .issuerUnavailable else { throw .unauthorized(error.description, isToken: true) }
            throw .later(.serviceUnavailable, error.description, seconds: 5)
        }
    }

    /// Throws 403 unless the scope was granted.
    package func check(_ scope: Scope, of principal: Principal) throws(Problem) {
        guard principal.scopes.contains(scope.rawValue) else { throw .missing(scope) }
    }
}
