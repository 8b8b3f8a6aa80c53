// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

@Suite struct CodeLoginTests {
    @Test func `the challenge is that of the RFC's example`() {
        let pkce = PKCE(verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk")
        #expect(pkce.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
        #expect(PKCE().verifier.utf8.count == 43)
        #expect(PKCE().verifier != PKCE().verifier)
    }

    @Test func `the question holds no secret`() throws {
        let request = AuthorizationRequest()
        let provider = try ScriptedIssuer.provider()
        let address = request.address(
            at: try #require(provider.authorizationEndpoint), clientID: "c&i", scopes: ["openid", "jobs:read"])
        #expect(address.hasPrefix("https://id.example/auth?x=1&response_type=code&client_id=c%26i&"))
        #expect(address.contains("redirect_uri=http%3A%2F%2Flocalhost%3A5556%2Fcallback"))
        #expect(address.contains("scope=openid%20jobs%3Aread"))
        #expect(address.contains("code_challenge_method=S256"))
        #expect(!address.contains(request.pkce.verifier))
    }

    @Test func `only the answer with our state counts`() {
        let request = AuthorizationRequest(state: "s")
        #expect(request.isAnswered(by: ["state": "s", "code": "c"]))
        for parameters in [[:], ["state": ""], ["state": "S"], ["code": "c"]] {
            #expect(!request.isAnswered(by: parameters))
        }
    }

    @Test func `the issuer's refusal, another issuer and a missing code end the login`() throws {
        let request = AuthorizationRequest(state: "s")
        let issuer = ScriptedIssuer.name
        #expect(try request.code(in: ["code": "c"], issuer: issuer) == "c")
        #expect(try request.code(in: ["code": "c", "iss": issuer], issuer: issuer) == "c")
        #expect(throws: OAuthError(code: "access_denied", detail: "no")) {
            try request.code(in: ["error": "access_denied", "error_description": "no"], issuer: issuer)
        }
        #expect(throws: CLIFailure.self) { try request.code(in: ["code": "c", "iss": "https://evil"], issuer: issuer) }
        #expect(throws: CLIFailure.self) { try request.code(in: ["code": ""], issuer: issuer) }
    }

    @Test func `pages repeat nothing that could act`() {
        let page = CallbackPage.failed("<script>alert('x')</script>&\"\u{1B}[2J\n").html
        #expect(page.contains(#"&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;&amp;&quot;\u001b[2J\n"#))
        #expect(!page.contains("<script"))
        #expect(CallbackPage.done(who: "guest").html.contains("logged in as guest. You may close this page"))
    }

    @Test(
        arguments: [
            ("a=b&c=d+e%20f", ["a": "b", "c": "d e f"]), ("", [:]), ("a", ["a": ""]), ("a=b=c", ["a": "b=c"]),
            ("%C3%A9=1", ["é": "1"]), ("a=1&a=2", nil), ("a=%", nil), ("a=%zz", nil), ("a=%+1", nil), ("a=%FF", nil),
        ] as [(String, [String: String]?)])
    func `queries are read in one way`(_ text: String, _ fields: [String: String]?) {
        #expect(FormEncoding.decode(text) == fields)
    }

    @Test func `the command to log in can be copied`() {
        var line = LoginCommandLine(
            context: "work", url: "https://a/api?x", issuer: "https://id.example", clientID: "it's")
        #expect(
            line.text
                == #"simple-scheduler-cli login -c 'it'\''s' -i https://id.example -u 'https://a/api?x' --context work"#
        )
        line = LoginCommandLine(context: "default", url: "http://a", hasSecret: true, grant: .clientCredentials)
        #expect(line.text.hasSuffix("-c CLIENT_ID -s - -i ISSUER_URL -u http://a --client-credentials"))
    }
}
