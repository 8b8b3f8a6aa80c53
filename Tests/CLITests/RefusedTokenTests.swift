// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

/// What a person reads when the API does not accept a token.
@Suite struct RefusedTokenTests {
    /// A transport that refuses every token, with this reason.
    private struct Refusing: APITransport {
        var reason = "the token is for another audience than this API"
        var headers: [String: String] = [:]

        func send(_ request: APIRequest, token: String) async throws(CLIFailure) -> APIAnswer {
            .json(#"{"detail":"\#(reason)"}"#, 401, headers)
        }
    }

    private func failure(
        of login: StoredLogin, _ issuer: ScriptedIssuer, _ transport: Refusing = Refusing(), now seconds: Int64 = 0
    ) async throws -> CLIFailure {
        var result: CLIFailure?
        try await withConfigFolder { folder, _ in
            try folder.make()
            var file = TokenFile()
            file.logins["default"] = login
            try file.save(in: folder)
            let tokens = SavedTokens(
                folder: folder, context: "default", url: login.url, loginCommand: LoginCommandLine(url: login.url),
                issuers: issuer.transport, now: { StoredLogin.epoch + .seconds(seconds) })
            do {
                _ = try await APIClient(tokens: tokens, transport: transport).send(APIRequest(.get, "jobs"))
            } catch let problem as APIProblem {
                result = CLIFailure(problem)
            } catch let failure as CLIFailure {
                result = failure
            }
        }
        return try #require(result)
    }

    private func isToldToLogIn(_ failure: CLIFailure) -> Bool {
        failure.description.lowercased().contains("log in again")
    }

    @Test func `a fresh token is told with the API's reason, and nobody is sent to log in again`() async throws {
        // With a refresh token: its successor is refused, too.
        let renewable = try await failure(of: .example(), ScriptedIssuer(ScriptedIssuer.tokens(1)))
        var login = StoredLogin.example()
        login.refreshToken = nil
        let fixed = try await failure(of: login, ScriptedIssuer())
        // Without any word on its life.
        login.expiresAt = nil
        let unknown = try await failure(of: login, ScriptedIssuer())
        for failure in [renewable, fixed, unknown] {
            #expect(failure.code == .refused)
            #expect(
                failure.message == "the API does not accept the token: the token is for another audience than this API")
            #expect(!isToldToLogIn(failure), "\(failure)")
            #expect(failure.description.contains("docs/login.md"))
        }
    }

    @Test func `an issuer that renews nothing does not hide the API's reason`() async throws {
        let refused = try await failure(of: .example(), ScriptedIssuer(ScriptedIssuer.error("unauthorized_client")))
        #expect(refused.message.hasSuffix("the token is for another audience than this API"))
        #expect(refused.hints.first?.hasSuffix("the issuer says unauthorized_client") == true)
        #expect(!isToldToLogIn(refused))
        let silent = try await failure(of: .example(), ScriptedIssuer(nil))
        #expect(silent.code == .unreachable && silent.description.contains("another audience"))
    }

    @Test func `an expired token says to log in`() async throws {
        var login = StoredLogin.example(expiresIn: 31)
        login.refreshToken = nil
        let transport = Refusing(reason: "the token has expired")
        let known = try await failure(of: login, ScriptedIssuer(), transport, now: 31)
        #expect(known.code == .refused && isToldToLogIn(known))
        // By the API's clock alone.
        let told = try await failure(of: login, ScriptedIssuer(), transport)
        #expect(told.message == "the API does not accept the token: the token has expired" && isToldToLogIn(told))
        // A new token that has expired is a matter of clocks.
        let new = try await failure(of: .example(), ScriptedIssuer(ScriptedIssuer.tokens(1)), transport)
        #expect(new.hints == ["It is new: compare the clocks of the API and of the issuer."])
    }

    @Test func `a token of the environment is told with the API's reason`() async throws {
        let client = APIClient(tokens: try FixedToken("abc"), transport: Refusing())
        let failure = await #expect(throws: CLIFailure.self) { try await client.send(APIRequest(.get, "jobs")) }
        #expect(failure?.message == "the API does not accept the token in SIMPLE_SCHEDULER_TOKEN")
        #expect(
            failure?.hints.first == "The API had refused the token: the token is for another audience than this API")
        let old = "e30.\(Base64URL.encode(Array(#"{"exp":1.5}"#.utf8))).x"
        let expired = await #expect(throws: CLIFailure.self) { try await FixedToken(old).token(insteadOf: old) }
        #expect(expired?.hints.first?.hasPrefix("It has expired: set another one") == true)
    }

    @Test(
        arguments: [
            (
                #"Bearer error="invalid_token", error_description="the signature is wrong""#, "",
                "the signature is wrong"
            ),
            (#"Negotiate, Bearer realm="a, b", error="invalid_token""#, "<html>", "invalid_token"),
            (#"bearer Error_Description="say \"why\"" , error=invalid_token"#, "{}", #"say "why""#),
            (#"Bearer error_description="it's over""#, #"{"detail":"it’s over"}"#, "it’s over"),
            (#"Bearer error_description="not ours""#, #"{"detail":"no"}"#, "no (not ours)"),
            ("Bearer", #"{"error":"invalid_token","error_description":"the kid is unknown"}"#, "the kid is unknown"),
            ("Bearer", "", "the answer has status 401 and does not say why"),
            (#"Bearer error_description="never ends"#, "", "never ends"), ("=", "", "the answer has status 401 and"),
        ])
    func `the reason is read wherever it stands`(_ header: String, _ body: String, _ reason: String) {
        let problem = APIProblem(.json(body, 401, ["www-authenticate": header]))
        #expect(problem.detail.hasPrefix(reason), "\(problem.detail)")
    }
}
