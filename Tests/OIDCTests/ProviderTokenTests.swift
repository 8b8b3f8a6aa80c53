// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@testable import OIDC

/// What providers send, by their documentation.
@Suite struct ProviderTokenTests {
    @Test(arguments: ProviderExample.all)
    func `tokens of real providers are accepted, or refused for a reason that helps`(_ provider: ProviderExample)
        async throws
    {
        let keys = [try TestKeys.rsa.jwk(provider.keyMembers)] + provider.otherKeys
        let fixture = try VerifierFixture(
            keySet: TestKeys.keySet(of: keys), audience: provider.audience, issuer: provider.issuer,
            discovery: provider.filled(provider.discovery, now: "", expiry: ""))
        for token in provider.tokens {
            // Whole seconds as all of them write, and as others do.
            for times in [("\(fixture.clock.seconds)", "\(fixture.clock.seconds + 300)"), ("1.79e9", "1790000300.5")] {
                let text = try Self.text(token, provider, now: times.0, expiry: times.1)
                let result = await Self.result(fixture.verifier, text)
                switch (token.verdict, result) {
                case (.accepted(let subject, let client, let scopes), .success(let principal)):
                    #expect(principal.subject == subject && principal.clientID == client, "\(token.name)")
                    #expect(principal.scopes == scopes, "\(token.name)")
                case (.refused(let words), .failure(let error)):
                    #expect(error.description.contains(words), "\(token.name): \(error)")
                default:
                    Issue.record("\(token.name): \(result)")
                }
            }
        }
        _ = await fixture.cache.renewed(since: fixture.cache.current())
        #expect(fixture.cache.status().isReady)
    }

    private static func text(
        _ token: ProviderExample.Token, _ provider: ProviderExample, now: String, expiry: String
    ) throws -> String {
        guard let header = token.header else { return token.claims }
        let parts = [header, token.claims].map { provider.filled($0, now: now, expiry: expiry, key: "rsa") }
        let signed = parts.map { encoded($0.utf8) }.joined(separator: ".")
        return "\(signed).\(encoded(try TestKeys.rsa.signature(of: signed)))"
    }

    private static func result(_ verifier: OIDCTokenVerifier, _ token: String) async -> Result<Principal, TokenError> {
        do throws(TokenError) { return .success(try await verifier.verify(token)) } catch { return .failure(error) }
    }

    /// A claim of a good token, as JSON, and what becomes of it.
    static let claims: [(name: String, json: String?, type: String, scopes: Set<String>)] = [
        ("exp", "1790000300.5", "JWT", good), ("exp", "1.7900003e9", "at+jwt", good),
        ("exp", "1790000300.000001", "JWT", good), ("exp", "9999999999.5", "JWT", good), ("exp", "9.5E+9", "JWT", good),
        ("iat", "1789999999.123456", "JWT", good), ("iat", "0", "JWT", good), ("iat", "-0", "JWT", good),
        ("nbf", "1789999999.5", "at+jwt", good), ("nbf", "null", "JWT", good), ("iat", "null", "JWT", good),
        ("nonce", "\"n\"", "at+jwt", good), ("nonce", "\"n\"", "application/at+jwt", good),
        ("nonce", "null", "JWT", good), ("at_hash", "null", "JWT", good), ("cnf", "null", "JWT", good),
        ("scope", "null", "JWT", []), ("scope", "[]", "JWT", []), ("scope", "\"\"", "JWT", []),
        ("scope", "[\"jobs:read\",\"runs:read\"]", "JWT", good), ("scope", "[\"jobs:read runs:read\"]", "JWT", good),
        ("scope", "\" jobs:read  runs:read \"", "at+jwt", good), ("scp", "null", "JWT", good),
        ("client_id", "null", "JWT", good), ("azp", "\"\"", "JWT", good), ("sub", "null", "JWT", good),
        ("typ", "\"at+jwt\"", "JWT", good), ("type", "\"normal-user\"", "JWT", good), ("typ", "null", "JWT", good),
        ("big", "12345678901234567890", "JWT", good), ("big", "1.5e300", "JWT", good),
        ("big", "[{\"id\":98765432109876543210}]", "JWT", good),
    ]
    private static let good: Set = ["jobs:read", "runs:read"]

    @Test(arguments: claims)
    func `claims are read as they may be written`(
        _ claim: (name: String, json: String?, type: String, scopes: Set<String>)
    ) async throws {
        let fixture = try VerifierFixture()
        var recipe = fixture.recipe(type: claim.type)
        recipe.setClaim(claim.name, claim.json)
        let principal = try await fixture.verifier.verify(recipe.token())
        #expect(principal.scopes == claim.scopes)
    }

    @Test(arguments: [("null", "\"jobs:read\""), ("[]", "[\"jobs:read\"]"), ("\"\"", "\"jobs:read\"")])
    func `where scope says nothing, scp does`(_ scope: String, _ scp: String) async throws {
        let fixture = try VerifierFixture()
        var recipe = fixture.recipe()
        recipe.setClaim("scope", scope)
        recipe.setClaim("scp", scp)
        #expect(try await fixture.verifier.verify(recipe.token()).scopes == ["jobs:read"])
    }

    @Test func `a fraction of a second counts`() async throws {
        let fixture = try VerifierFixture()
        var recipe = fixture.recipe()
        recipe.setClaim("exp", "\(fixture.clock.seconds).25")
        let principal = try await fixture.verifier.verify(recipe.token())
        #expect(principal.expiresAt == fixture.clock.now() + .milliseconds(30_250))
        recipe.setClaim("nbf", "\(fixture.clock.seconds + 30).25")
        #expect(await fixture.refusal(of: try recipe.token()) == .notYetValid)
        fixture.clock.advance(by: .milliseconds(250))
        #expect(await fixture.refusal(of: try recipe.token()) == nil)
        fixture.clock.advance(by: .seconds(30))
        #expect(await fixture.refusal(of: try recipe.token()) == .expired)
    }

    /// What is wrong with a token, and what its sender reads.
    static let reasons: [(change: @Sendable (inout TokenRecipe) -> Void, says: String)] = [
        ({ $0.setClaim("type", "\"refresh_token\"") }, "the token is not an access token: it is a refresh token"),
        ({ $0.setClaim("token_use", "\"other\"") }, "its claim token_use says that it is for something else"),
        ({ $0.setClaim("nonce", "\"n\"") }, "it is an ID token, as its claim nonce shows"),
        ({ $0.setHeader("typ", "\"JWE\"") }, "its header has a typ that is neither JWT nor at+jwt"),
        ({ $0.setHeader("kid", nil) }, "has no kid, and the issuer publishes 2 keys for its algorithm"),
        ({ $0.setClaim("exp", "1e400") }, "the payload is not strict JSON (a number out of range)"),
        ({ $0.setClaim("exp", "\"1790000300\"") }, "exp is not a number of seconds"),
        ({ $0.setClaim("aud", nil) }, "has no aud"),
        ({ $0.setClaim("iss", "\"\(ScriptedFetcher.issuer)/\"") }, "differ in the slash at the end"),
        ({ $0.setHeader("kid", "\"other\"") }, "a key that the issuer does not publish"),
    ]

    @Test(arguments: reasons.indices)
    func `the reason is one that helps, and fit for a header`(_ index: Int) async throws {
        let fixture = try VerifierFixture()
        var recipe = fixture.recipe()
        Self.reasons[index].change(&recipe)
        let text = try #require(await fixture.error(of: try recipe.token())).description
        #expect(text.contains(Self.reasons[index].says), "\(text)")
        #expect(text.utf8.allSatisfy { (0x20...0x7E).contains($0) && $0 != 0x22 && $0 != 0x5C })
        #expect(text.split(separator: "not an access token").count <= 2)
    }
}
