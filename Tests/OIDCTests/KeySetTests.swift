// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Crypto
import Shared
import TestSupport
import Testing

@testable import OIDC

@Suite struct KeySetTests {
    /// A modulus of so many bits, odd and long enough to look like one.
    static func modulus(bits: Int, lastByte: UInt8 = 0xFF) -> String {
        encoded([0x80] + [UInt8](repeating: 0xA5, count: bits / 8 - 2) + [lastByte])
    }

    static let bad: [(json: String, fault: KeyFault)] = {
        let good = modulus(bits: 2_048)
        return [
            ("7", .notAnObject),
            (#"{"kty":"oct","k":"c2VjcmV0","kid":"a"}"#, .privateParts),
            (#"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#, .otherKind),
            (#"{"n":"AAAA","e":"AQAB"}"#, .otherKind),
            (#"{"kty":"RSA","n":"\#(good)","e":"AQAB","use":"enc"}"#, .otherUse),
            (#"{"kty":"RSA","n":"\#(good)","e":"AQAB","key_ops":["encrypt"]}"#, .otherUse),
            (#"{"kty":"RSA","n":"\#(good)","e":"AQAB","alg":"PS256"}"#, .otherAlgorithm),
            (#"{"kty":"RSA","n":"\#(good)","e":"AQAB","alg":"RSA-OAEP"}"#, .otherAlgorithm),
            (#"{"kty":"RSA","n":"\#(good)","e":"AQAB","alg":"HS256"}"#, .otherAlgorithm),
            (#"{"kty":"RSA","n":"\#(good)","e":"AQAB","alg":"ES256"}"#, .otherAlgorithm),
            (#"{"kty":"RSA","n":"\#(good)","e":"AQAB","kid":7}"#, .badID),
            (#"{"kty":"RSA","n":"\#(good)","e":"AQAB","kid":""}"#, .badID),
            (#"{"kty":"RSA","n":"\#(good)","e":"AQAB","d":"AQAB"}"#, .privateParts),
            (#"{"kty":"RSA","n":"\#(modulus(bits: 512))","e":"AQAB"}"#, .badModulus),
            (#"{"kty":"RSA","n":"\#(modulus(bits: 1_024))","e":"AQAB"}"#, .badModulus),
            (#"{"kty":"RSA","n":"\#(modulus(bits: 16_384))","e":"AQAB"}"#, .badModulus),
            (#"{"kty":"RSA","n":"\#(modulus(bits: 2_048, lastByte: 0xFE))","e":"AQAB"}"#, .badModulus),
            (#"{"kty":"RSA","n":"","e":"AQAB"}"#, .badModulus),
            (#"{"kty":"RSA","n":"not base64url!","e":"AQAB"}"#, .badModulus),
            (#"{"kty":"RSA","e":"AQAB"}"#, .badModulus),
            (#"{"kty":"RSA","n":"\#(good)","e":"AQ"}"#, .badExponent),
            (#"{"kty":"RSA","n":"\#(good)","e":"AQAA"}"#, .badExponent),
            (#"{"kty":"RSA","n":"\#(good)","e":"AQAAAAAB"}"#, .badExponent),
            (#"{"kty":"RSA","n":"\#(good)"}"#, .badExponent),
            (#"{"kty":"EC","crv":"secp256k1","x":"AQ","y":"AQ"}"#, .otherKind),
            (#"{"kty":"EC","crv":"P-256","x":"AQ","y":"AQ"}"#, .badPoint),
            (#"{"kty":"EC","crv":"P-256","x":"","y":""}"#, .badPoint),
            (#"{"kty":"EC","crv":"P-384","x":"AQ"}"#, .badPoint),
        ]
    }()

    @Test(arguments: bad)
    func `a bad key is left out and the good one beside it works`(_ bad: (json: String, fault: KeyFault)) async throws {
        let fixture = try VerifierFixture(keySet: TestKeys.keySet(of: [bad.json, try TestKeys.p256.jwk()]))
        #expect(await fixture.refusal(of: try fixture.recipe(key: TestKeys.p256).token()) == nil)
        let keys = try KeySet(Array(TestKeys.keySet(of: [bad.json]).utf8))
        #expect(keys.keys.isEmpty)
        #expect(keys.faults == [bad.fault])
    }

    @Test func `a point of another curve is no key`() throws {
        let jwk = try TestKeys.p384.jwk().replacing("P-384", with: "P-256")
        #expect(try KeySet(Array(TestKeys.keySet(of: [jwk]).utf8)).faults == [.badPoint])
    }

    @Test(arguments: [
        "", "[]", "{}", "{\"keys\":{}}", "{\"keys\":[],\"keys\":[]}", "{\"keys\":[]} x", "<html>", "{\"keys\":[",
    ])
    func `what is no key set is a failure`(_ text: String) {
        #expect(throws: IssuerFailure.self) { try KeySet(Array(text.utf8)) }
    }

    @Test func `zeros in front of numbers are tolerated`() async throws {
        let point = try #require(try TestKeys.p256.jwk().split(separator: "\"x\":\"").last).prefix(43)
        let longer = encoded([0] + (try #require(Base64URL.decode(point.utf8))))
        let jwk = try TestKeys.p256.jwk().replacing(point, with: longer)
        let fixture = try VerifierFixture(keySet: TestKeys.keySet(of: [jwk]))
        #expect(await fixture.refusal(of: try fixture.recipe(key: TestKeys.p256).token()) == nil)
    }

    @Test func `two keys may share an id, and each is tried`() async throws {
        let twin = TestKeys.attacker
        let fixture = try VerifierFixture(
            keySet: TestKeys.keySet(of: [try TestKeys.rsa.jwk(), try twin.jwk(), try TestKeys.p256.jwk(id: "rsa")]))
        for key in [TestKeys.rsa, twin] {
            for type in ["JWT", "at+jwt"] {
                #expect(await fixture.refusal(of: try fixture.recipe(type: type, key: key).token()) == nil)
            }
        }
        let keys = try KeySet(
            Array(TestKeys.keySet(of: try (0..<9).map { _ in try SigningKey("x", .p256(.init())).jwk() }).utf8))
        #expect(keys.keys.count == KeySet.maximumSharing)
    }

    @Test func `a token without kid means the only key for its algorithm`() async throws {
        let anonymous = SigningKey(nil, TestKeys.rsa.secret)
        let fixture = try VerifierFixture(
            keySet: TestKeys.keySet(of: [try TestKeys.rsa.jwk(), try TestKeys.p256.jwk()]))
        #expect(await fixture.refusal(of: try fixture.recipe(key: anonymous).token()) == nil)
        fixture.fetcher.publish(try TestKeys.keySet())
        fixture.clock.advance(by: .seconds(10))
        _ = await fixture.cache.renewed(since: fixture.cache.current())
        #expect(await fixture.refusal(of: try fixture.recipe(key: anonymous).token()) == .unknownKey)
    }
}
