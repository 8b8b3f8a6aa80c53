// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Login from a machine without a browser: somebody approves it on another one (RFC 8628).
struct DeviceLogin: Sendable {
    static let grantType = "urn:ietf:params:oauth:grant-type:device_code"

    let plan: LoginPlan
    let transport: IssuerTransport
    let now: @Sendable () -> Timestamp
    let time: any MonotonicTime
    let say: @Sendable (String) -> Void

    func run() async throws -> StoredLogin {
        let code = try await begin()
        say("On any machine with a browser, open")
        say("\n  \(shown(code.address, quoted: false))\n")
        say("and enter the code  \(shown(code.userCode, quoted: false))")
        if let complete = code.completeAddress { say("\nOr open this, where it is filled in: \(complete)") }
        say("\nWaiting for the login…")
        let answer = try await poll(code)
        let identity = try plan.identity(in: answer, nonce: nil, at: now())
        return plan.login(with: answer, identity: identity, at: now())
    }

    private func begin() async throws -> DeviceCode {
        guard let endpoint = plan.provider.deviceEndpoint else {
            throw CLIFailure(
                .usage, "the issuer knows no login by device code",
                hints: "Without --device, the address of its login page is printed.")
        }
        var fields = [(name: "scope", value: plan.scopes.joined(separator: " "))]
        if let audience = plan.audience { fields.append(("audience", audience)) }
        let request = plan.client.request(endpoint, fields, to: plan.provider)
        let answer = try await transport.send(request)
        guard answer.status == 200 else {
            throw CLIFailure(.refused, "the login cannot begin: the issuer says \(OAuthError(answer))")
        }
        return try DeviceCode(answer.body)
    }

    private func poll(_ code: DeviceCode) async throws -> TokenAnswer {
        var polling = DevicePolling(code, from: time.uptime())
        try await time.sleep(for: polling.interval)
        while true {
            switch polling.step(after: try await ask(code), at: time.uptime()) {
            case .wait(let pause): try await time.sleep(for: pause)
            case .finish(let tokens): return tokens
            case .fail(let reason): throw CLIFailure(.refused, "the login failed: \(reason)")
            }
        }
    }

    private func ask(_ code: DeviceCode) async throws -> DevicePolling.Answer {
        do {
            return .tokens(
                try await TokenAnswer.fetch(
                    [("grant_type", Self.grantType), ("device_code", code.deviceCode)], of: plan.provider,
                    as: plan.client, transport: transport))
        } catch let error as OAuthError {
            return .refused(error)
        } catch let failure as CLIFailure where failure.code == .unreachable {
            return .silence
        }
    }
}
