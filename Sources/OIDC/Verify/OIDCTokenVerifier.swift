// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
package import Shared

/// Checks tokens of one OpenID provider, in this order: form, algorithm, claims, key, signature.
///
/// The claims come before the key so that a token which could not be accepted anyway costs neither a fetch nor a
/// signature. Both ways to check a signature stand behind the same policy.
package final class OIDCTokenVerifier: TokenVerifier {
    private let policy: TokenPolicy
    private let keys: KeyCache
    private let clock: any EngineClock
    private let verified: VerifiedTokens
    private let observe: @Sendable (TokenEvent) -> Void

    /// Puts a verifier together; `clock` is asked for the wall clock, which must be right to half a minute.
    package init(
        settings: OIDCSettings, keys: KeyCache, clock: any EngineClock, rememberedTokens: Int = 10_000,
        observe: @escaping @Sendable (TokenEvent) -> Void = { _ in }
    ) {
        policy = TokenPolicy(settings: settings)
        self.keys = keys
        self.clock = clock
        verified = VerifiedTokens(capacity: rememberedTokens)
        self.observe = observe
    }

    /// How many tokens are remembered.
    var rememberedCount: Int { verified.count }

    package func verify(_ token: String) async throws(TokenError) -> Principal {
        do throws(TokenError) {
            guard token.utf8.count <= CompactToken.maximumLength else {
                throw .malformed("it is longer than \(CompactToken.maximumLength) bytes")
            }
            let digest = SHA256.hash(data: Array(token.utf8))
            let snapshot = keys.current()
            if let snapshot, let principal = verified.principal(of: digest, generation: snapshot.generation) {
                guard clock.now() < principal.expiresAt else { throw .expired }
                observe(.remembered)
                return principal
            }
            let (principal, generation) = try await check(CompactToken(token), with: snapshot)
            verified.remember(principal, digest: digest, generation: generation)
            observe(.verified)
            return principal
        } catch {
            observe(.refused(error.code))
            throw error
        }
    }

    private func check(
        _ token: CompactToken, with snapshot: KeySnapshot?
    ) async throws(TokenError) -> (Principal, generation: UInt64) {
        let principal = try policy.principal(TokenClaims(token.payload), now: clock.now())
        var snapshot = snapshot
        if snapshot?.keys.candidates(for: token.header).isEmpty ?? true { snapshot = await keys.renewed() }
        guard let snapshot else { throw .issuerUnavailable }
        let candidates = snapshot.keys.candidates(for: token.header)
        guard !candidates.isEmpty else { throw keys.isCutOff ? .issuerUnavailable : .unknownKey }
        guard candidates.contains(where: { $0.algorithms.contains(token.header.algorithm) }) else {
            throw .algorithmOfAnotherKey
        }
        guard candidates.contains(where: { $0.fits(token) && $0.hasSigned(token) }) else { throw .badSignature }
        return (principal, snapshot.generation)
    }
}
