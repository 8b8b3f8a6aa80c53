// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization
import Testing

@testable import CLICommands

@Suite struct DeviceTests {
    private static func code(interval: Int? = 5, lifetime: Int = 600) -> [UInt8] {
        let pause = interval.map { ",\"interval\":\($0)" } ?? ""
        return Array(
            """
            {"device_code":"secret-device","user_code":"AB\u{1B}CD","verification_uri":"https://id.example/device",\
            "expires_in":\(lifetime)\(pause)}
            """.replacing("\u{1B}", with: #"\u001b"#).utf8)
    }

    private func polling(lifetime: Int = 600) throws -> DevicePolling {
        DevicePolling(try DeviceCode(Self.code(lifetime: lifetime)), from: .seconds(100))
    }

    private func refused(_ code: String) -> DevicePolling.Answer { .refused(OAuthError(code: code)) }

    @Test func `it asks again at the issuer's pace, slower when told so, for good`() throws {
        var polling = try polling()
        #expect(polling.step(after: refused("authorization_pending"), at: .seconds(105)) == .wait(.seconds(5)))
        #expect(polling.step(after: refused("slow_down"), at: .seconds(110)) == .wait(.seconds(10)))
        #expect(polling.step(after: refused("authorization_pending"), at: .seconds(120)) == .wait(.seconds(10)))
        #expect(polling.step(after: refused("slow_down"), at: .seconds(130)) == .wait(.seconds(15)))
    }

    @Test func `silence makes it ask less often, up to a minute`() throws {
        var polling = try polling()
        let pauses = (0..<5).map { _ in polling.step(after: .silence, at: .seconds(105)) }
        #expect(pauses == [10, 20, 40, 60, 60].map { .wait(.seconds($0)) })
    }

    @Test(arguments: [
        ("access_denied", "refused in the browser"), ("expired_token", "in time"), ("server\u{1B}", "says"),
    ])
    func `an end is an end`(_ code: String, _ reason: String) throws {
        var polling = try polling()
        guard case .fail(let text) = polling.step(after: refused(code), at: .seconds(105)) else {
            Issue.record("it goes on after \(code)")
            return
        }
        #expect(text.contains(reason) && !text.contains("\u{1B}"))
    }

    @Test func `it gives up when the code expires`() throws {
        var polling = try polling(lifetime: 12)
        #expect(polling.step(after: refused("authorization_pending"), at: .seconds(105)) == .wait(.seconds(5)))
        #expect(
            polling.step(after: refused("authorization_pending"), at: .seconds(110))
                == .fail("nobody approved the login in time"))
    }

    @Test func `an issuer without a pace gets five seconds`() throws {
        #expect(try DeviceCode(Self.code(interval: nil)).interval == .seconds(5))
        #expect(try DeviceCode(Self.code(interval: 0)).interval == .seconds(5))
        #expect(try DeviceCode(Self.code(lifetime: 86_400)).lifetime == DeviceCode.maximumLifetime)
    }

    @Test(arguments: [
        "", "[]", "{}", #"{"device_code":"a","user_code":"b","verification_uri":"javascript:alert(1)"}"#,
    ])
    func `an answer that starts nothing is refused`(_ body: String) {
        #expect(throws: CLIFailure.self) { try DeviceCode(Array(body.utf8)) }
    }

    @Test func `a login takes the tokens once somebody has approved`() async throws {
        let issuer = ScriptedIssuer(
            .init(status: 200, body: Self.code()), ScriptedIssuer.error("authorization_pending"), nil,
            ScriptedIssuer.error("slow_down"), ScriptedIssuer.tokens(1))
        let time = VirtualTime()
        let said = Mutex<[String]>([])
        let plan = LoginPlan(
            context: "default", url: "https://api.example/api", provider: try ScriptedIssuer.provider(),
            client: ClientIdentity(id: "cli", secret: nil), scopes: ["openid", "jobs:read"], grant: .device)
        let login = try await DeviceLogin(
            plan: plan, transport: issuer.transport, now: { StoredLogin.epoch }, time: time,
            say: { line in said.withLock { $0.append(line) } }
        ).run()
        #expect(login.accessToken == "secret-access-1" && login.refreshToken == "secret-refresh-1")
        #expect(login.scopes == ["openid", "jobs:read"])
        #expect(time.pauses == [5, 5, 10, 15].map { .seconds($0) })
        let text = said.withLock { $0 }.joined(separator: "\n")
        #expect(text.contains("https://id.example/device") && text.contains(#"AB\u001bCD"#))
        for secret in ScriptedIssuer.secrets { #expect(!text.contains(secret)) }
    }
}
