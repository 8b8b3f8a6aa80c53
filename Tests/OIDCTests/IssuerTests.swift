// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@testable import OIDC

@Suite(.timeLimit(.minutes(1))) struct IssuerTests {
    /// What a hostile or broken issuer answers, and what an operator reads about it.
    static let faults:
        [(name: String, path: String, answer: @Sendable (TestIssuer) -> TestIssuer.Answer, says: String)] = [
            (
                "another issuer's name", TestIssuer.discoveryPath,
                { .json(discovery($0, issuer: $0.origin + "/other")) }, "another issuer"
            ),
            (
                "a slash more", TestIssuer.discoveryPath, { .json(discovery($0, issuer: $0.name + "/")) },
                "another issuer"
            ),
            ("no name", TestIssuer.discoveryPath, { .json("{\"jwks_uri\":\"\($0.origin)/keys\"}") }, "another issuer"),
            ("no keys", TestIssuer.discoveryPath, { .json("{\"issuer\":\"\($0.name)\"}") }, "no usable jwks_uri"),
            (
                "a file", TestIssuer.discoveryPath, { .json(discovery($0, keys: "file:///etc/passwd")) },
                "no usable jwks_uri"
            ),
            (
                "a relative address", TestIssuer.discoveryPath, { .json(discovery($0, keys: "/keys")) },
                "no usable jwks_uri"
            ),
            (
                "a user in the address", TestIssuer.discoveryPath,
                { .json(discovery($0, keys: "http://a:b@127.0.0.1/keys")) }, "no usable jwks_uri"
            ),
            ("a page", TestIssuer.discoveryPath, { _ in .json("<html>") }, "not a JSON object"),
            (
                "names twice", TestIssuer.discoveryPath, { .json("{\"issuer\":\"x\"," + discovery($0).dropFirst()) },
                "not a JSON object"
            ),
            ("not found", TestIssuer.discoveryPath, { _ in .status(404) }, "status 404"),
            ("an error", TestIssuer.keysPath, { _ in .status(500) }, "status 500"),
            ("a redirect", TestIssuer.discoveryPath, { .redirect($0.origin + "/elsewhere") }, "status 302"),
            ("a redirect of the keys", TestIssuer.keysPath, { .redirect($0.origin + "/elsewhere") }, "status 302"),
            ("a flood", TestIssuer.discoveryPath, { _ in .flood }, "longer than 65536"),
            ("a flood of keys", TestIssuer.keysPath, { _ in .flood }, "longer than 262144"),
            ("keys that never end", TestIssuer.keysPath, { _ in .drip }, "takes longer than 6.0 seconds"),
            ("keys that are none", TestIssuer.keysPath, { _ in .json("[]") }, "not a JSON object with a list"),
        ]

    @Test(arguments: faults.indices)
    func `what is wrong with an issuer is said, and no token is accepted`(_ index: Int) async throws {
        let fault = Self.faults[index]
        try await withVerifier(timeout: fault.name.contains("never") ? .seconds(6) : .seconds(30)) { verifier in
            verifier.issuer.answer(fault.path, fault.answer(verifier.issuer))
            #expect(await verifier.refusalOfHonestToken() == .issuerUnavailable, "\(fault.name)")
            let failure = verifier.cache.status().lastFailure ?? "nothing"
            #expect(failure.contains(fault.says), "\(fault.name): \(failure)")
            #expect(verifier.issuer.counts["/elsewhere"] == nil)
            // It heals by itself.
            verifier.issuer.publish(try TestKeys.keySet())
            verifier.clock.advance(by: .seconds(1))
            #expect(await verifier.refusalOfHonestToken() == nil)
        }
    }

    @Test func `keys go on working while the issuer misbehaves`() async throws {
        try await withVerifier { verifier in
            #expect(await verifier.refusalOfHonestToken() == nil)
            verifier.issuer.answer(
                TestIssuer.discoveryPath, .json(Self.discovery(verifier.issuer, issuer: "https://evil")))
            verifier.clock.advance(by: .seconds(600))
            _ = await verifier.cache.renewed(since: verifier.cache.current())
            #expect(await verifier.refusalOfHonestToken() == nil)
            #expect(verifier.cache.status().lastFailure?.contains("another issuer") == true)
        }
    }

    @Test func `an issuer that is not there is said to be not there`() async throws {
        let fetcher = HTTPDocumentFetcher()
        // Port 1 of this machine: nothing listens there.
        await #expect(throws: IssuerFailure.self) { try await fetcher.fetch("http://127.0.0.1:1/x", limit: 100) }
        await fetcher.shutdown()
    }

    @Test(arguments: [
        "https://id.example", "https://id.example/", "https://id.example:8443/realms/a",
        "http://localhost:8080/realms/a",
        "http://127.0.0.1:1/x", "http://[::1]:1/x", "http://id.example",
    ])
    func `these are issuers`(_ text: String) throws {
        let issuer = try #require(IssuerURL(text))
        #expect(issuer.description == text)
        #expect(issuer.isUnprotected == (text == "http://id.example"))
        #expect(issuer.discoveryAddress.hasSuffix("/.well-known/openid-configuration"))
        #expect(!issuer.discoveryAddress.contains("//.well"))
    }

    @Test(arguments: [
        "", "id.example", "ftp://id.example", "https://", "https:///x", "https://a:b@id.example",
        "https://id.example/?x",
        "https://id.example/#x", "https://id.example/ x", "file:///etc/passwd", "https://id.example\\@evil.example",
    ])
    func `these are not`(_ text: String) {
        #expect(IssuerURL(text) == nil)
    }

    @Test func `an issuer with TLS does not send us somewhere without`() throws {
        let issuer = try #require(IssuerURL("https://id.example"))
        func metadata(_ address: String) throws -> ProviderMetadata {
            let text = "{\"issuer\":\"https://id.example\",\"jwks_uri\":\"\(address)\"}"
            return try ProviderMetadata(Array(text.utf8), of: issuer)
        }
        #expect(try metadata("https://cdn.example/keys").keysAddress == "https://cdn.example/keys")
        #expect(throws: IssuerFailure("its keys are behind http although the issuer is https")) {
            try metadata("http://id.example/keys")
        }
    }

    private static func discovery(_ issuer: TestIssuer, issuer name: String? = nil, keys: String? = nil) -> String {
        "{\"issuer\":\"\(name ?? issuer.name)\",\"jwks_uri\":\"\(keys ?? issuer.origin + TestIssuer.keysPath)\"}"
    }
}
