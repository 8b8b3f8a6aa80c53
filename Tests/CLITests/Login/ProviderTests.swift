// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

@Suite struct ProviderTests {
    private func read(_ text: String, issuer: String = ScriptedIssuer.name, insecure: Bool = false) throws -> Provider {
        let issuer = try #require(IssuerURL(issuer))
        return try Provider(document: Array(text.utf8), of: issuer, allowsInsecure: insecure)
    }

    @Test func `what it says of itself is taken`() throws {
        let provider = try ScriptedIssuer.provider()
        #expect(provider.tokenEndpoint == "https://id.example/token")
        #expect(provider.takesBasic && provider.scopes == nil)
        let other = try read(
            """
            {"issuer":"https://id.example","token_endpoint":"https://id.example/token","scopes_supported":["openid"],
            "token_endpoint_auth_methods_supported":["client_secret_post"],"revocation_endpoint":null}
            """)
        #expect(!other.takesBasic && other.scopes == ["openid"] && other.revocationEndpoint == nil)
        #expect(LoginPlan.scopes(for: .code, of: other) == ["openid"] + LoginPlan.apiScopes)
        #expect(LoginPlan.scopes(for: .code, of: provider).contains("offline_access"))
        #expect(LoginPlan.scopes(for: .clientCredentials, of: provider) == LoginPlan.apiScopes)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"issuer":"https://id.example"}"#,
        #"{"issuer":"https://id.example/","token_endpoint":"https://id.example/t"}"#,
        #"{"issuer":"https://evil.example","token_endpoint":"https://id.example/t"}"#,
        #"{"issuer":"https://id.example","token_endpoint":"http://id.example/t"}"#,
        #"{"issuer":"https://id.example","token_endpoint":"http://localhost/t"}"#,
        #"{"issuer":"https://id.example","token_endpoint":"file:///etc/passwd"}"#,
        #"{"issuer":"https://id.example","token_endpoint":"https://id.example/t","authorization_endpoint":1}"#,
    ])
    func `another name, and addresses that are not safe, are refused`(_ text: String) {
        #expect(throws: CLIFailure.self) { try read(text) }
    }

    @Test func `plain http is for this machine, or for who says so`() async throws {
        let local = #"{"issuer":"http://localhost:1","token_endpoint":"http://127.0.0.1:2/t"}"#
        _ = try read(local, issuer: "http://localhost:1")
        let abroad = #"{"issuer":"http://localhost:1","token_endpoint":"http://evil.example/t"}"#
        #expect(throws: CLIFailure.self) { try read(abroad, issuer: "http://localhost:1") }
        let remote = #"{"issuer":"http://id.example","token_endpoint":"http://id.example/t"}"#
        _ = try read(remote, issuer: "http://id.example", insecure: true)

        let issuer = try #require(IssuerURL("http://id.example"))
        let transport = IssuerTransport { _ in ScriptedIssuer.answer(200, remote) }
        let failure = await #expect(throws: CLIFailure.self) {
            try await Provider.discover(issuer, allowsInsecure: false, transport: transport)
        }
        #expect(failure?.code == .usage && failure?.hints.last?.contains("--insecure") == true)
        _ = try await Provider.discover(issuer, allowsInsecure: true, transport: transport)
    }

    @Test func `a secret goes where the issuer wants it, encoded`() throws {
        let basic = ClientIdentity(id: "a:b", secret: "p q").request(
            "https://id.example/token", [("x", "y")], to: try ScriptedIssuer.provider())
        #expect(basic.authorization == "Basic YSUzQWI6cCUyMHE=")
        #expect(basic.form?.map(\.name) == ["x"])
        let open = ClientIdentity(id: "a", secret: nil).request(
            "https://id.example/token", [("x", "y")], to: try ScriptedIssuer.provider())
        #expect(open.authorization == nil && open.form?.last?.value == "a")
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"access_token":"a"}"#, #"{"access_token":"a b","token_type":"bearer"}"#,
        #"{"access_token":"a\nX: y","token_type":"bearer"}"#, #"{"access_token":"secret-access","token_type":"dpop"}"#,
        #"{"access_token":1,"token_type":"bearer"}"#,
    ])
    func `tokens that cannot be used are refused without being shown`(_ body: String) {
        let failure = #expect(throws: CLIFailure.self) { try TokenAnswer(Array(body.utf8)) }
        #expect(failure?.description.contains("secret") == false)
    }
}
