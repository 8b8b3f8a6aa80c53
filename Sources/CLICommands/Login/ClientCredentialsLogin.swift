// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Login of a program as itself, for automation (RFC 6749, section 4.4).
struct ClientCredentialsLogin: Sendable {
    let plan: LoginPlan
    let transport: IssuerTransport
    let now: @Sendable () -> Timestamp

    func run() async throws -> StoredLogin {
        var fields: [(name: String, value: String)] = [("grant_type", "client_credentials")]
        if !plan.scopes.isEmpty { fields.append(("scope", plan.scopes.joined(separator: " "))) }
        if let audience = plan.audience { fields.append(("audience", audience)) }
        do {
            let answer = try await TokenAnswer.fetch(
                fields, of: plan.provider, as: plan.client, transport: transport)
            return plan.login(with: answer, identity: nil, at: now())
        } catch let error as OAuthError {
            var failure = CLIFailure(.refused, "the login failed: the issuer says \(error)")
            if error.code == "invalid_scope" {
                failure.hints = ["The client may not have all that was asked for: name fewer with --scope."]
            }
            throw failure
        }
    }
}
