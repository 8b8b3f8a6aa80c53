// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared
import Synchronization
import TestSupport
import Testing

@testable import OIDC

/// Key sets as issuers write them, and what is said where they are of no use.
@Suite struct KeyShapeTests {
    private static let anonymous = SigningKey(nil, TestKeys.rsa.secret)

    private func jwk(_ key: SigningKey, adding members: String) throws -> String {
        "{\(members)," + (try key.jwk().dropFirst())
    }

    @Test(arguments: [
        #""alg":null,"use":null,"key_ops":null,"x5c":null"#, #""use":"sig","key_ops":["verify"]"#,
        #""x5c":["MIIC"],"x5t":"x","x5t#S256":"y","exp":1790000000,"nbf":0"#, #""kid":null"#, #""issuer":"https://x""#,
    ])
    func `members that say nothing to us change nothing`(_ members: String) async throws {
        let key = members.contains("kid") ? Self.anonymous : TestKeys.rsa
        let fixture = try VerifierFixture(keySet: TestKeys.keySet(of: [try jwk(key, adding: members)]))
        #expect(await fixture.refusal(of: try fixture.recipe(key: key).token()) == nil)
    }

    @Test func `documents may begin with a byte order mark`() async throws {
        let discovery =
            "\u{FEFF}{\"issuer\":\"\(ScriptedFetcher.issuer)\",\"jwks_uri\":\"https://issuer.example/keys\"}"
        let fixture = try VerifierFixture(keySet: "\u{FEFF}" + TestKeys.keySet(), discovery: discovery)
        #expect(await fixture.refusal(of: try fixture.recipe().token()) == nil)
    }

    @Test func `a key without kid serves tokens with one, until it is replaced`() async throws {
        let fixture = try VerifierFixture(keySet: TestKeys.keySet(of: [try Self.anonymous.jwk()]))
        #expect(await fixture.refusal(of: try fixture.recipe().token()) == nil)
        #expect(await fixture.refusal(of: try fixture.recipe(key: Self.anonymous).token()) == nil)
        let next = SigningKey(nil, TestKeys.attacker.secret)
        fixture.fetcher.publish(TestKeys.keySet(of: [try next.jwk()]))
        fixture.clock.advance(by: .seconds(10))
        // What signed it may be a new key, so it is looked for.
        #expect(await fixture.refusal(of: try fixture.recipe(key: next).token()) == nil)
        #expect(await fixture.refusal(of: try fixture.recipe(key: Self.anonymous).token()) == .badSignature)
        #expect(fixture.fetcher.fetches <= 4)
    }

    @Test func `a flood of tokens without kid costs one fetch in ten seconds`() async throws {
        let fixture = try VerifierFixture(keySet: TestKeys.keySet(of: [try TestKeys.rsa.jwk()]))
        let forger = SigningKey(nil, TestKeys.attacker.secret)
        for number in 0..<50 {
            var recipe = fixture.recipe(key: forger)
            recipe.setClaim("jti", "\"\(number)\"")
            #expect(await fixture.refusal(of: try recipe.token()) == .badSignature)
        }
        #expect(fixture.fetcher.fetches <= 2)
    }

    @Test func `a key that is published, but of no use, is told from one that is not`() async throws {
        let encrypting = try TestKeys.p256.jwk(["use": "enc"])
        let fixture = try VerifierFixture(keySet: TestKeys.keySet(of: [try TestKeys.rsa.jwk(), encrypting]))
        let error = try #require(await fixture.error(of: try fixture.recipe(key: TestKeys.p256).token()))
        #expect(error.code == .unknownKey)
        #expect(error.description.hasSuffix("not used: it is not for checking signatures (use, key_ops)"))
    }

    @Test func `a certificate alone is no key`() throws {
        let keys = try KeySet(Array(TestKeys.keySet(of: [#"{"kty":"RSA","kid":"a","x5c":["MIIC"]}"#]).utf8))
        #expect(keys.faults == [.onlyCertificate])
    }

    @Test func `why there is no key is in the log and in the status`() async throws {
        let log = Log()
        let useless = [#"{"kty":"OKP","crv":"Ed25519","x":"AA","kid":"ed\u001b"}"#, #"{"kty":"RSA","use":"enc"}"#]
        let fixture = try VerifierFixture(keySet: TestKeys.keySet(of: useless), logger: Logger(label: "") { _ in log })
        #expect(await fixture.refusal(of: try fixture.recipe().token()) == .issuerUnavailable)
        let why = """
            key 1 (kid ed\\u001b): it is neither RSA nor EC on P-256, P-384 or P-521; \
            key 2: it is not for checking signatures (use, key_ops)
            """
        #expect(log.lines.contains("warning the issuer has no key that can be used reasons=\(why)"), "\(log.lines)")
        #expect(fixture.cache.status().lastFailure == "it publishes no key that can be used; \(why)")
        fixture.fetcher.publish(TestKeys.keySet(of: []))
        fixture.clock.advance(by: .seconds(300))
        _ = await fixture.cache.renewed(since: fixture.cache.current())
        #expect(log.lines.last == "warning the issuer has no key that can be used reasons=it publishes none at all")
    }

    @Test func `how the issuer in its document differs is said`() throws {
        let cases = [
            ("https://id.example", "https://id.example/", "the setting, and a slash at the end"),
            ("https://id.example/", "https://id.example", "the setting without the slash at the end"),
            (
                "https://login.example/common/v2.0", "https://login.example/{tenantid}/v2.0",
                "a template for many tenants"
            ),
        ]
        for (setting, name, says) in cases {
            let issuer = try #require(IssuerURL(setting))
            let failure = #expect(throws: IssuerFailure.self) {
                try ProviderMetadata(
                    Array("{\"issuer\":\"\(name)\",\"jwks_uri\":\"https://id.example/k\"}".utf8), of: issuer)
            }
            #expect(failure?.description.contains("another issuer: \(says)") == true, "\(failure?.description ?? "")")
        }
    }

    @Test func `a span in quotes is read`() {
        #expect(MaximumAge.parse(["public", " max-age=\"90\""]) == .seconds(90))
    }

    /// A log that remembers its lines.
    private final class Log: LogHandler {
        private let all = Mutex<[String]>([])
        var lines: [String] { all.withLock { $0 } }
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .debug }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.MetadataValue? {
            get { nil }
            set {}
        }

        func log(event: LogEvent) {
            let metadata = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            all.withLock { $0.append("\(event.level) \(event.message)\(metadata.joined())") }
        }
    }
}
