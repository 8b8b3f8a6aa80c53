// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AsyncHTTPClient
import Foundation
import NIOCore
import Shared
import Testing

@testable import OIDC

/// Against a real provider (scripts/servers); with `REQUIRE_INTEGRATION=1` its absence is a failure.
@Suite(.enabled(if: GlewlwydTests.issuer != nil || GlewlwydTests.isRequired, "there is no provider"))
struct GlewlwydTests {
    static let environment = ProcessInfo.processInfo.environment
    static let issuer = environment["SIMPLE_SCHEDULER_OIDC_ISSUER"]
    static let isRequired = environment["REQUIRE_INTEGRATION"] == "1"

    static let scopes: Set<String> = ["jobs:read", "jobs:write", "runs:read", "runs:write"]

    @Test(arguments: [("", scopes), ("READER_", ["jobs:read", "runs:read"])])
    func `a token of client credentials is accepted with its scopes, and not when tampered with`(
        _ client: String, _ scopes: Set<String>
    ) async throws {
        let issuer = try #require(IssuerURL(try #require(Self.issuer)))
        let token = try await accessToken(of: client)
        let fetcher = HTTPDocumentFetcher()
        let keys = KeyCache(issuer: issuer, fetcher: fetcher, clock: SystemClock(), logger: .quiet)
        let verifier = OIDCTokenVerifier(settings: OIDCSettings(issuer: issuer), keys: keys, clock: SystemClock())
        let result = await result(of: token, verifier)
        let principal = try result.get()
        #expect(principal.scopes == scopes)
        #expect(principal.clientID == Self.environment["SIMPLE_SCHEDULER_TEST_OIDC_\(client)CLIENT_ID"])
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
        let id = try #require(Self.environment["\(prefix)_ID"])
        let secret = try #require(Self.environment["\(prefix)_SECRET"])
        var request = HTTPClientRequest(url: try #require(Self.issuer) + "/token")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        request.setBasicAuth(username: id, password: secret)
        let scope = Self.scopes.sorted().joined(separator: "+")
        request.body = .bytes(ByteBuffer(string: "grant_type=client_credentials&scope=\(scope)"))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
        let body = try await response.body.collect(upTo: 1 << 20)
        let members = try #require(StrictJSON.object(Array(body.readableBytesView)))
        guard case .string(let token)? = members["access_token"] else {
            throw IssuerFailure("status \(response.status.code) instead of a token")
        }
        return token
    }
}
