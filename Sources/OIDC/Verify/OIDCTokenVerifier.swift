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

    /// `clock` is asked for the wall clock, which must be right to half a minute.
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
        let claims = try TokenClaims(token.payload, kind: token.header.kind)
        let principal = try policy.principal(claims, now: clock.now())
        if let snapshot {
            if snapshot.keys.hasKey(namedBy: token.header) { return (principal, try generation(snapshot, of: token)) }
            // Only a kid says for sure which key it is: without one, what no key of ours has made may be a new key's.
            let candidates = snapshot.keys.candidates(for: token.header)
            if candidates.contains(where: { $0.hasMade(token) }) { return (principal, snapshot.generation) }
        }
        guard let snapshot = await keys.renewed(since: snapshot) else { throw .issuerUnavailable }
        return (principal, try generation(snapshot, of: token))
    }

    /// The generation of the keys, one of which must have signed the token.
    private func generation(_ snapshot: KeySnapshot, of token: CompactToken) throws(TokenError) -> UInt64 {
        let candidates = snapshot.keys.candidates(for: token.header)
        guard !candidates.isEmpty else {
            throw keys.isCutOff ? .issuerUnavailable : snapshot.keys.lack(of: token.header)
        }
        guard candidates.contains(where: { $0.algorithms.contains(token.header.algorithm) }) else {
            throw .algorithmOfAnotherKey
        }
        guard candidates.contains(where: { $0.hasMade(token) }) else { throw .badSignature }
        return snapshot.generation
    }
}
