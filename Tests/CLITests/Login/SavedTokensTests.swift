// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

@Suite struct SavedTokensTests {
    private func withTokens(
        _ login: StoredLogin, _ issuer: ScriptedIssuer, _ body: (SavedTokens, PrivateFolder) async throws -> Void
    ) async throws {
        try await withConfigFolder { folder, _ in
            try folder.make()
            var file = TokenFile()
            file.logins["default"] = login
            try file.save(in: folder)
            let tokens = SavedTokens(
                folder: folder, context: "default", url: login.url, loginCommand: LoginCommandLine(url: login.url),
                issuers: issuer.transport, now: { StoredLogin.epoch })
            try await body(tokens, folder)
        }
    }

    @Test func `a token that will do is given without asking anybody`() async throws {
        let issuer = ScriptedIssuer()
        try await withTokens(.example(expiresIn: 31), issuer) { tokens, _ async throws in
            #expect(try await tokens.token() == "secret-access-0")
            #expect(issuer.asked.isEmpty)
        }
    }

    @Test func `one that is about to expire is replaced, and the new refresh token kept`() async throws {
        let issuer = ScriptedIssuer(ScriptedIssuer.tokens(1))
        try await withTokens(.example(expiresIn: 30), issuer) { tokens, folder async throws in
            #expect(try await tokens.token() == "secret-access-1")
            #expect(try await tokens.token() == "secret-access-1")
            #expect(issuer.asked.count == 1)
            let form = issuer.asked[0].form ?? []
            #expect(form.contains { $0.name == "refresh_token" && $0.value == "secret-refresh-0" })
            let kept = try #require(try TokenFile(in: folder).logins["default"])
            #expect(kept.refreshToken == "secret-refresh-1")
            #expect(kept.expiresAt == (StoredLogin.epoch + .seconds(3_600)).millisecondsSinceEpoch)
            #expect(kept.name == "guest")
        }
    }

    @Test func `many at once spend the refresh token once`() async throws {
        let issuer = ScriptedIssuer(ScriptedIssuer.tokens(1))
        try await withTokens(.example(expiresIn: -5), issuer) { tokens, _ async throws in
            try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<10 { group.addTask { try await tokens.token() } }
                for try await token in group { #expect(token == "secret-access-1") }
            }
            #expect(issuer.asked.count == 1)
        }
    }

    @Test func `a refused token is replaced unless another invocation has done so`() async throws {
        let issuer = ScriptedIssuer(ScriptedIssuer.tokens(1))
        try await withTokens(.example(), issuer) { tokens, _ async throws in
            #expect(try await tokens.token(insteadOf: "an older one") == "secret-access-0")
            #expect(issuer.asked.isEmpty)
            #expect(try await tokens.token(insteadOf: "secret-access-0") == "secret-access-1")
        }
    }

    @Test func `a refused refresh says how to log in again, and no secret`() async throws {
        let refusal = ScriptedIssuer.answer(
            400, #"{"error":"invalid_grant","error_description":"\u001b[31mgone"}"#)
        try await withTokens(.example(expiresIn: 0), ScriptedIssuer(refusal)) { tokens, folder async throws in
            let failure = try #require(
                await #expect(throws: CLIFailure.self) { try await tokens.token() })
            #expect(failure.code == .refused)
            #expect(failure.message.hasSuffix(#"the issuer says invalid_grant (\u001b[31mgone)"#))
            #expect(
                failure.hints == [
                    "Log in again: simple-scheduler-cli login -c cli -s - -i https://id.example -u https://api.example/api"
                ])
            for secret in ScriptedIssuer.secrets { #expect(!failure.description.contains(secret)) }
            #expect(try TokenFile(in: folder).logins["default"] == .example(expiresIn: 0))
        }
    }

    @Test func `a silent issuer is no trouble while the token lasts`() async throws {
        try await withTokens(.example(expiresIn: 20), ScriptedIssuer(nil)) { tokens, _ async throws in
            #expect(try await tokens.token() == "secret-access-0")
        }
        try await withTokens(.example(expiresIn: 0), ScriptedIssuer(nil)) { tokens, _ async throws in
            let failure = await #expect(throws: CLIFailure.self) { try await tokens.token() }
            #expect(failure?.code == .unreachable)
        }
    }

    @Test func `a client that acts for itself asks as it did at first`() async throws {
        var login = StoredLogin.example(expiresIn: 0)
        login.grant = .clientCredentials
        login.refreshToken = nil
        login.requestedScopes = ["jobs:read"]
        let issuer = ScriptedIssuer(ScriptedIssuer.tokens(1))
        try await withTokens(login, issuer) { tokens, _ async throws in
            #expect(try await tokens.token() == "secret-access-1")
            let request = try #require(issuer.asked.first)
            #expect(request.form?.map(\.name) == ["grant_type", "scope"])
            #expect(request.authorization?.hasPrefix("Basic ") == true)
        }
    }

    @Test func `an issuer that was only accepted with a flag is not asked again without it`() async throws {
        var login = StoredLogin.example(expiresIn: 0)
        login.issuer = "http://id.example"
        let issuer = ScriptedIssuer(ScriptedIssuer.tokens(1))
        try await withTokens(login, issuer) { tokens, _ async throws in
            let failure = await #expect(throws: CLIFailure.self) { try await tokens.token() }
            #expect(failure?.hints.first?.hasSuffix("--insecure") == true)
            #expect(issuer.asked.isEmpty)
        }
    }

    @Test func `a damaged file is said to be, and nothing of it shown`() async throws {
        try await withConfigFolder { folder, _ in
            try folder.make()
            for text in [
                "{", "secret-access", #"{"version":2,"logins":{}}"#, #"{"version":1,"logins":{"a":"secret-access"}}"#,
            ] {
                try folder.write(Array(text.utf8), to: TokenFile.name)
                let failure = #expect(throws: CLIFailure.self) { try TokenFile(in: folder) }
                #expect(failure?.description.contains("secret") == false)
                #expect(failure?.hints.first?.contains("rm ") == true)
            }
        }
    }

    @Test func `a login that is printed shows no secret`() {
        var text = "\(StoredLogin.example()) \(String(reflecting: StoredLogin.example()))"
        dump(StoredLogin.example(), to: &text)
        for secret in ScriptedIssuer.secrets { #expect(!text.contains(secret)) }
    }
}
