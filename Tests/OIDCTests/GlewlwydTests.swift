// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Shared
import Testing

@testable import OIDC

/// Against a real provider (scripts/servers); with `REQUIRE_INTEGRATION=1` its absence is a failure.
@Suite(.enabled(if: RealProvider.issuer != nil || RealProvider.isRequired, "there is no provider"))
struct GlewlwydTests {
    static let clients: [(name: String, scopes: Set<String>)] = [
        ("", RealProvider.scopes), ("READER_", ["jobs:read", "runs:read"]),
    ]

    @Test(arguments: clients)
    func `a token of client credentials is accepted with its scopes, and not when tampered with`(
        _ client: (name: String, scopes: Set<String>)
    ) async throws {
        let issuer = try #require(RealProvider.issuer.flatMap(IssuerURL.init))
        let token = try await accessToken(of: client.name)
        let fetcher = HTTPDocumentFetcher()
        let keys = KeyCache(issuer: issuer, fetcher: fetcher, clock: SystemClock(), logger: .quiet)
        let verifier = OIDCTokenVerifier(settings: OIDCSettings(issuer: issuer), keys: keys, clock: SystemClock())
        let result = await result(of: token, verifier)
        let principal = try result.get()
        #expect(principal.scopes == client.scopes)
        #expect(principal.clientID == RealProvider.environment["SIMPLE_SCHEDULER_TEST_OIDC_\(client.name)CLIENT_ID"])
        #expect(principal.expiresAt > SystemClock().now())

        var parts = token.split(separator: ".").map(String.init)
        let payload = String(decoding: try #require(Base64URL.decode(parts[1].utf8)), as: UTF8.self)
        parts[1] = encoded(payload.replacing("\"sub\":\"", with: "\"sub\":\"x").utf8)
        let tampered = await self.result(of: parts.joined(separator: "."), verifier)
        #expect(throws: TokenError.badSignature) { try tampered.get() }
        await fetcher.shutdown()
    }

    private func result(of token: String, _ verifier: OIDCTokenVerifier) async -> Result<Principal, TokenError> {
        do throws(TokenError) { return .success(try await verifier.verify(token)) } catch { return .failure(error) }
    }

    private func accessToken(of client: String) async throws -> String {
        let prefix = "SIMPLE_SCHEDULER_TEST_OIDC_\(client)CLIENT"
        let id = try #require(RealProvider.environment["\(prefix)_ID"])
        let secret = try #require(RealProvider.environment["\(prefix)_SECRET"])
        var request = HTTPClientRequest(url: try #require(RealProvider.issuer) + "/token")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        request.setBasicAuth(username: id, password: secret)
        let scope = RealProvider.scopes.sorted().joined(separator: "+")
        request.body = .bytes(ByteBuffer(string: "grant_type=client_credentials&scope=\(scope)"))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 1 << 20)
        let members = try #require(JSONReader.object(Array(body.readableBytesView)))
        guard case .string(let token)? = members["access_token"] else {
            throw IssuerFailure("status \(response.status.code) instead of a token")
        }
        return token
    }
}
