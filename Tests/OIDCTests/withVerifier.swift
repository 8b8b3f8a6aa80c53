// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared
import TestSupport
import Testing

@testable import OIDC

/// A verifier that speaks HTTP with a test issuer, and the time that it believes it is.
struct NetworkedVerifier {
    let issuer: TestIssuer
    let clock: SettableClock
    let cache: KeyCache
    let verifier: OIDCTokenVerifier

    func recipe(type: String? = "JWT", key: SigningKey = TestKeys.rsa) -> TokenRecipe {
        TokenRecipe(issuer: issuer.name, seconds: clock.seconds, type: type, key: key)
    }

    /// The code with which a token that should be accepted is refused; `nil` when it is accepted.
    func refusalOfHonestToken(type: String? = "JWT") async -> TokenError.Code? {
        guard let token = try? recipe(type: type).token() else { return .malformed }
        return await refusal(of: token)
    }

    /// The code of the refusal; `nil` when it was accepted.
    func refusal(of token: String) async -> TokenError.Code? {
        do throws(TokenError) {
            _ = try await verifier.verify(token)
            return nil
        } catch {
            return error.code
        }
    }
}

/// Runs a test with a test issuer and a verifier that fetches its keys over HTTP.
func withVerifier(
    timeout: Duration = .seconds(30), _ body: @Sendable @escaping (NetworkedVerifier) async throws -> Void
) async throws {
    try await withTestIssuer { issuer in
        issuer.publish(try TestKeys.keySet())
        let clock = SettableClock()
        let fetcher = HTTPDocumentFetcher(timeout: timeout)
        let url = try #require(IssuerURL(issuer.name))
        let cache = KeyCache(issuer: url, fetcher: fetcher, clock: clock, logger: .quiet)
        let verifier = OIDCTokenVerifier(
            settings: OIDCSettings(issuer: url, audience: "simple-scheduler"), keys: cache, clock: clock)
        do {
            try await body(NetworkedVerifier(issuer: issuer, clock: clock, cache: cache, verifier: verifier))
            await fetcher.shutdown()
        } catch {
            await fetcher.shutdown()
            throw error
        }
    }
}
