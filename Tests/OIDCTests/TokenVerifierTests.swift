// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@testable import OIDC

@Suite struct TokenVerifierTests {
    static let algorithms: [(SigningKey, String)] = [
        (TestKeys.rsa, "RS256"), (TestKeys.rsa, "RS384"), (TestKeys.rsa, "RS512"),
        (TestKeys.p256, "ES256"), (TestKeys.p384, "ES384"), (TestKeys.p521, "ES512"),
    ]

    @Test(arguments: algorithms, [nil, "JWT", "jwt", "at+jwt", "AT+JWT", "application/at+jwt"])
    func `every algorithm is accepted on both ways to check a signature`(
        _ algorithm: (key: SigningKey, name: String), _ type: String?
    ) async throws {
        let fixture = try VerifierFixture()
        let token = try fixture.recipe(type: type, key: algorithm.key, algorithm: algorithm.name).token()
        let principal = try await fixture.verifier.verify(token)
        #expect(principal.subject == "alice")
        #expect(principal.clientID == "cli")
        #expect(principal.scopes == ["jobs:read", "runs:read"])
        #expect(principal.expiresAt == fixture.clock.now() + .seconds(330))
        // A signature over something else is refused on the same way.
        var other = fixture.recipe(type: type, key: algorithm.key, algorithm: algorithm.name)
        other.setClaim("sub", "\"mallory\"")
        let signature = token.split(separator: ".")[2]
        let forged = try other.token().split(separator: ".").prefix(2).joined(separator: ".") + "." + signature
        #expect(await fixture.refusal(of: forged) == .badSignature)
    }

    @Test func `claims are read as providers write them`() async throws {
        let fixture = try VerifierFixture()
        var recipe = fixture.recipe()
        recipe.setClaim("aud", "[\"account\",\"simple-scheduler\"]")
        recipe.setClaim("scope", nil)
        recipe.setClaim("scp", "[\"jobs:write\"]")
        recipe.setClaim("client_id", nil)
        recipe.setClaim("azp", "\"browser\"")
        recipe.setClaim("typ", "\"Bearer\"")
        recipe.setClaim("nonce", "\"n\"")
        recipe.setClaim("realm_access", "{\"roles\":[\"jobs:read\"]}")
        var principal = try await fixture.verifier.verify(recipe.token())
        #expect(principal.scopes == ["jobs:write"])
        #expect(principal.clientID == "browser")
        #expect(principal.has("jobs:write") && !principal.has("jobs:read"))

        recipe = fixture.recipe()
        recipe.setClaim("sub", nil)
        for scope in ["\"\"", nil] {
            recipe.setClaim("scope", scope)
            principal = try await fixture.verifier.verify(recipe.token())
            #expect(principal.subject == "cli")
            #expect(principal.scopes.isEmpty)
        }
    }

    @Test func `without an audience setting aud is not looked at`() async throws {
        let fixture = try VerifierFixture(audience: nil)
        var recipe = fixture.recipe()
        recipe.setClaim("aud", nil)
        #expect(await fixture.refusal(of: try recipe.token()) == nil)
    }

    @Test func `a token ends half a minute after its exp, also when it is remembered`() async throws {
        let fixture = try VerifierFixture()
        let token = try fixture.recipe().token()
        #expect(await fixture.refusal(of: token) == nil)
        fixture.clock.advance(by: .seconds(329))
        #expect(await fixture.refusal(of: token) == nil)
        #expect(fixture.events.count(.verified) == 1)
        #expect(fixture.events.count(.remembered) == 1)
        fixture.clock.advance(by: .seconds(1))
        #expect(await fixture.refusal(of: token) == .expired)
    }

    @Test func `clocks may differ by thirty seconds`() async throws {
        let fixture = try VerifierFixture()
        var recipe = fixture.recipe()
        for claim in ["nbf", "iat"] { recipe.setClaim(claim, "\(fixture.clock.seconds + 30)") }
        #expect(await fixture.refusal(of: try recipe.token()) == nil)
        recipe.setClaim("exp", "\(fixture.clock.seconds - 29)")
        #expect(await fixture.refusal(of: try recipe.token()) == nil)
        recipe.setClaim("exp", "\(fixture.clock.seconds - 30)")
        #expect(await fixture.refusal(of: try recipe.token()) == .expired)
        recipe.setClaim("exp", "\(fixture.clock.seconds + 1)")
        recipe.setClaim("nbf", "\(fixture.clock.seconds + 31)")
        #expect(await fixture.refusal(of: try recipe.token()) == .notYetValid)
    }

    @Test func `a remembered token dies with its key`() async throws {
        let fixture = try VerifierFixture()
        var recipe = fixture.recipe()
        recipe.setClaim("exp", "\(fixture.clock.seconds + 3_600)")
        let token = try recipe.token()
        #expect(await fixture.refusal(of: token) == nil)
        fixture.fetcher.publish(TestKeys.keySet(of: [try TestKeys.p256.jwk()]))
        #expect(await fixture.refusal(of: token) == nil)
        fixture.clock.advance(by: .seconds(300))
        _ = await fixture.cache.renewed(since: fixture.cache.current())
        #expect(await fixture.refusal(of: token) == .unknownKey)
    }

    @Test func `no more tokens are remembered than allowed`() async throws {
        let fixture = try VerifierFixture(remembered: 20)
        var tokens: [String] = []
        for number in 0..<50 {
            var recipe = fixture.recipe(key: TestKeys.p256)
            recipe.setClaim("jti", "\"\(number)\"")
            tokens.append(try recipe.token())
            _ = try await fixture.verifier.verify(tokens[number])
        }
        #expect(fixture.verifier.rememberedCount <= 20)
        _ = try await fixture.verifier.verify(tokens[49])
        #expect(fixture.events.count(.remembered) == 1)
        _ = try await fixture.verifier.verify(tokens[0])
        #expect(fixture.events.count(.remembered) == 1)
        #expect(fixture.events.count(.verified) == 51)
    }

    @Test func `errors and principals never show the token`() async throws {
        let fixture = try VerifierFixture()
        let secret = "do-not-print-me"
        var recipe = fixture.recipe()
        recipe.setClaim("jti", "\"\(secret)\"")
        let token = try recipe.token()
        let principal = try await fixture.verifier.verify(token)
        #expect(!String(reflecting: principal).contains(secret))
        for broken in [String(token.dropLast()), token + "\(secret)!", secret] {
            do throws(TokenError) {
                _ = try await fixture.verifier.verify(broken)
                Issue.record("accepted")
            } catch {
                #expect(!"\(error) \(String(reflecting: error))".contains(secret))
                #expect(!"\(error)".contains(token.prefix(20)))
            }
        }
    }

    @Test(arguments: 0..<8)
    func `no bytes make the parser stumble`(_ seed: UInt64) async throws {
        let fixture = try VerifierFixture()
        let good = Array(try fixture.recipe().token().utf8)
        var random = SplitMix(seed: seed)
        for _ in 0..<400 {
            var bytes = good
            switch Int.random(in: 0..<4, using: &random) {
            case 0:
                bytes = (0..<Int.random(in: 0..<600, using: &random)).map { _ in .random(in: 0...127, using: &random) }
            case 1:
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(in: 33...126, using: &random)
                }
            case 2:
                bytes.removeSubrange(0..<Int.random(in: 1..<bytes.count, using: &random))
            default:
                let claims = (0..<200).map { _ in Array(#"{}[]":,\u0123ensb"#.utf8).randomElement(using: &random) ?? 0 }
                bytes = Array(try fixture.recipe().token(header: claims, payload: claims).utf8)
            }
            if bytes == good { continue }
            let refusal = await fixture.refusal(of: String(decoding: bytes, as: UTF8.self))
            #expect(refusal != nil, "accepted: \(bytes)")
        }
    }
}
