// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

@Suite struct IDTokenTests {
    private static let seconds = StoredLogin.epoch.millisecondsSinceEpoch / 1_000

    private static func token(_ change: [String: JSONValue?] = [:], header: String = #"{"alg":"RS256"}"#) -> String {
        var claims: [String: JSONValue] = [
            "iss": .string(ScriptedIssuer.name), "sub": .string("42"), "aud": .string("cli"),
            "exp": .int(seconds + 60), "iat": .int(seconds), "nonce": .string("n"), "name": .string("Guest"),
        ]
        for (name, value) in change { claims[name] = value }
        var writer = JSONWriter()
        writer.write(.object(claims))
        return [Array(header.utf8), writer.bytes, [1]].map { Base64URL.encode($0) }.joined(separator: ".")
    }

    private func check(_ text: String, nonce: String? = "n") throws(CLIFailure) -> IDToken {
        let token = try IDToken(text)
        guard let issuer = IssuerURL(ScriptedIssuer.name) else { throw CLIFailure(.other, "no issuer") }
        try token.check(issuer: issuer, clientID: "cli", nonce: nonce, at: StoredLogin.epoch)
        return token
    }

    @Test func `a good one says who it is`() throws {
        let token = try check(Self.token())
        #expect(token.subject == "42" && token.name == "Guest")
        #expect(try check(Self.token(["preferred_username": .string("guest")])).name == "guest")
        _ = try check(Self.token(["aud": .array([.string("other"), .string("cli")]), "azp": .string("cli")]))
        _ = try check(Self.token(["exp": .int(Self.seconds - 59)]))
        _ = try check(Self.token(["exp": .double(Double(Self.seconds) + 0.5), "iat": .double(Double(Self.seconds))]))
        _ = try check(Self.token(["azp": .some(.null), "name": .some(.null)]))
        _ = try check(Self.token(["nonce": nil]), nonce: nil)
    }

    @Test(
        arguments: [
            (["iss": .string("https://id.example/")], "another issuer"),
            (["aud": .string("other")], "another client"),
            (["aud": .array([])], "another client"),
            (["aud": .array([.string("cli"), .string("other")])], "lacks azp"),
            (["azp": .string("other")], "another client"),
            (["exp": .int(seconds - 60)], "expired"),
            (["exp": .int(.max)], "expired"), (["exp": .int(-1)], "expired"), (["exp": .double(1e300)], "expired"),
            (["exp": .double(1.5)], "expired"), (["exp": .some(.null)], "lacks"),
            (["iat": .int(seconds + 61)], "future"), (["iat": .double(Double(seconds) + 60.5)], "future"),
            (["nonce": .string("m")], "another login"),
            (["nonce": nil], "another login"),
            (["sub": nil], "lacks"), (["sub": .string("")], "lacks"), (["exp": nil], "lacks"), (["iat": nil], "lacks"),
            (["exp": .string("1")], "lacks"), (["aud": nil], "lacks aud"),
            (["aud": .array([.int(1)])], "malformed aud"),
            (["azp": .int(1)], "malformed azp"),
        ] as [([String: JSONValue?], String)])
    func `one that is not for us is refused`(_ change: [String: JSONValue?], _ reason: String) {
        let failure = #expect(throws: CLIFailure.self) { try check(Self.token(change)) }
        #expect(failure?.code == .refused)
        #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
    }

    @Test func `what is not a signed token is refused`() {
        let unsigned = Self.token(header: #"{"alg":"none"}"#)
        for text in ["", "a.b", "a.b.c", unsigned, Self.token(header: "{}"), Self.token() + ".x"] {
            #expect(throws: CLIFailure.self) { try check(text) }
        }
    }
}
