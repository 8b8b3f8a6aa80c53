// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ArgumentParser
import Shared
import TestSupport
import Testing

@testable import CLICommands

/// What providers send to whoever logs in, by their documentation.
@Suite struct ProviderShapeTests {
    private static let seconds = StoredLogin.epoch.millisecondsSinceEpoch / 1_000

    @Test(arguments: ProviderExample.all)
    func `a login at a real provider gives tokens and a name`(_ example: ProviderExample) throws {
        let issuer = try #require(IssuerURL(example.issuer))
        // Whole seconds as all of them write, and as others do.
        for times in [("\(Self.seconds)", "\(Self.seconds + 300)"), ("\(Self.seconds).25", "1.7000003e9")] {
            let document = example.filled(example.discovery, now: "", expiry: "")
            let provider = try Provider(document: Array(document.utf8), of: issuer, allowsInsecure: false)
            #expect(provider.authorizationEndpoint != nil)
            let claims = example.filled(example.idClaims, now: times.0, expiry: times.1)
            let text = [#"{"alg":"RS256","kid":"k"}"#, claims, "signature"].map { Base64URL.encode(Array($0.utf8)) }
            let body = example.answer.replacing("\"ACCESS\"", with: "\"a.b.c\"")
                .replacing("\"ID\"", with: "\"\(text.joined(separator: "."))\"")
            let answer = try TokenAnswer(Array(body.utf8))
            #expect(answer.accessToken == "a.b.c" && answer.lifetime == .seconds(example.lifetime))
            let plan = LoginPlan(
                context: "default", url: "https://api.example/api", provider: provider,
                client: ClientIdentity(id: example.clientID, secret: nil), scopes: ["openid"], grant: .code)
            let identity = try plan.identity(in: answer, nonce: "n", at: StoredLogin.epoch)
            #expect(plan.login(with: answer, identity: identity, at: StoredLogin.epoch).who == example.who)
            #expect(throws: CLIFailure.self) { try plan.identity(in: answer, nonce: "m", at: StoredLogin.epoch) }
            let late = StoredLogin.epoch + .seconds(400)
            #expect(throws: CLIFailure.self) { try plan.identity(in: answer, nonce: "n", at: late) }
        }
    }

    @Test(arguments: [
        ("3600", 3_600), ("3600.9", 3_600), ("3.6e3", 3_600), ("\"3600\"", 3_600), ("0", nil), ("0.5", nil),
        ("-1", nil),
        ("null", nil), ("\"soon\"", nil), ("1e300", nil), ("9223372036854775808", nil), ("[]", nil),
    ])
    func `a lifetime is read as it may be written`(_ json: String, _ seconds: Int?) throws {
        let text =
            #"{"access_token":"a","token_type":"Bearer","expires_in":\#(json),"refresh_token":null,"id_token":null}"#
        let answer = try TokenAnswer(Array(text.utf8))
        #expect(answer.lifetime == seconds.map { .seconds($0) })
        #expect(answer.refreshToken == nil && answer.idToken == nil)
        let device = """
            {"device_code":"d","user_code":"u","verification_url":"https://id.example/d","interval":\(json)}
            """
        #expect(try DeviceCode(Array(device.utf8)).interval == .seconds(seconds ?? 5))
    }

    @Test(
        arguments: [
            ("\"jobs:read  runs:read\"", ["jobs:read", "runs:read"]), ("[\"jobs:read\",\"runs:read\"]", nil),
            ("null", []), ("\"\"", []), ("[]", []), ("7", []),
        ] as [(String, [String]?)])
    func `granted scopes are a text or a list, and nothing means those that were asked for`(
        _ json: String, _ scopes: [String]?
    ) throws {
        let text = "\u{FEFF}" + #"{"access_token":"a","token_type":"BEARER","scope":\#(json)}"#
        let expected = scopes ?? ["jobs:read", "runs:read"]
        #expect(try TokenAnswer(Array(text.utf8)).scopes == (expected.isEmpty ? nil : expected))
    }

    @Test func `a refusal that comes as a success is a refusal`() async throws {
        let refusal = ScriptedIssuer.answer(200, #"{"error":"invalid_client","error_description":"no such client"}"#)
        let provider = try ScriptedIssuer.provider()
        await #expect(throws: OAuthError(code: "invalid_client", detail: "no such client")) {
            try await TokenAnswer.fetch(
                [("grant_type", "x")], of: provider, as: ClientIdentity(id: "cli", secret: nil),
                transport: ScriptedIssuer(refusal).transport)
        }
    }

    @Test func `the issuer of many tenants is told from that of one`() throws {
        let issuer = try #require(IssuerURL("https://login.microsoftonline.com/common/v2.0"))
        let document = #"{"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0","token_endpoint":"https://x/t"}"#
        let failure = #expect(throws: CLIFailure.self) {
            try Provider(document: Array(document.utf8), of: issuer, allowsInsecure: false)
        }
        #expect(failure?.hints.first?.hasSuffix("give the issuer of the one that you log in at.") == true)
    }

    @Test(arguments: [
        (#"{"scp":["jobs:read"],"cid":"c1","exp":1790000000.5}"#, ["jobs:read"], "c1"),
        (#"{"scope":"a b","client_id":"c2","azp":"c3","exp":1.7900000005e9}"#, ["a", "b"], "c2"),
        (#"{"scope":null,"scp":"a b","appid":"c4","exp":1790000000.5}"#, ["a", "b"], "c4"),
    ])
    func `what a token of the environment says is shown`(_ claims: String, _ scopes: [String], _ client: String) {
        let facts = TokenFacts("e30.\(Base64URL.encode(Array(claims.utf8))).x")
        #expect(facts.scopes == scopes && facts.clientID == client)
        #expect(facts.expiresAt == Timestamp(millisecondsSinceEpoch: 1_790_000_000_500))
    }

    @Test func `an audience is sent, and remembered, where it was given`() async throws {
        let address = AuthorizationRequest().address(
            at: "https://id.example/a", clientID: "c", scopes: ["openid"], audience: "https://api.example/")
        #expect(address.hasSuffix("&audience=https%3A%2F%2Fapi.example%2F"))
        let issuer = ScriptedIssuer(ScriptedIssuer.tokens(1), ScriptedIssuer.tokens(2))
        let plan = LoginPlan(
            context: "default", url: "https://api.example/api", provider: try ScriptedIssuer.provider(),
            client: ClientIdentity(id: "cli", secret: "secret-client"), scopes: ["jobs:read"],
            grant: .clientCredentials,
            audience: "a")
        let login = try await ClientCredentialsLogin(
            plan: plan, transport: issuer.transport, now: { StoredLogin.epoch }
        ).run()
        let refresh = TokenRefresh(
            transport: issuer.transport, loginCommand: LoginCommandLine(url: login.url), now: { StoredLogin.epoch })
        _ = try await refresh.refresh(login)
        #expect(issuer.asked.map { $0.form?.last?.value } == ["a", "a"])
    }

    @Test func `audience and scopes of the last login are those of the next`() throws {
        var file = ConfigFile()
        file.current = "default"
        file.contexts["default"] = SavedContext(
            url: "https://api.example/api", issuer: "https://id.example", clientID: "cli", audience: "api://x",
            scope: "openid api://x/jobs:read")
        #expect(try ConfigFile(yaml: file.yaml, path: "config.yaml") == file)
        func target(audience: String? = nil, scope: String? = nil) throws -> LoginTarget {
            try LoginTarget(
                ConnectionOptions.parse([]), issuer: nil, clientID: nil, audience: audience, scope: scope,
                environment: CLIEnvironment([:]), file: file)
        }
        let known = try target()
        #expect(known.audience == "api://x" && known.scope == "openid api://x/jobs:read")
        let changed = try target(audience: "", scope: "jobs:read")
        #expect(changed.audience == nil && changed.scope == "jobs:read")
        #expect(
            LoginCommandLine(url: "http://a", issuer: "https://b", clientID: "c", audience: "d e").text
                == "simple-scheduler-cli login -c c -i https://b -u http://a --audience 'd e'")
    }
}
