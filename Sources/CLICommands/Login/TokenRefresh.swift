// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Gets another access token for a stored login, in the way that its kind of login allows.
struct TokenRefresh: Sendable {
    let transport: IssuerTransport
    let loginCommand: LoginCommandLine
    let now: @Sendable () -> Timestamp

    /// The login with its new tokens; nothing is stored.
    ///
    /// - Throws: `CLIFailure` with code `refused` when one has to log in again.
    func refresh(_ login: StoredLogin) async throws -> StoredLogin {
        guard let issuer = IssuerURL(login.issuer) else { throw loggedOut(login, "its issuer is unknown") }
        guard !issuer.isUnprotected else {
            throw loggedOut(login, "its issuer is plain http, so that each login needs --insecure", isInsecure: true)
        }
        var fields: [(name: String, value: String)]
        if login.grant == .clientCredentials {
            fields = [("grant_type", "client_credentials")]
            if !login.requestedScopes.isEmpty { fields.append(("scope", login.requestedScopes.joined(separator: " "))) }
            if let audience = login.audience { fields.append(("audience", audience)) }
        } else {
            guard let token = login.refreshToken else { throw loggedOut(login, "it cannot be renewed") }
            fields = [("grant_type", "refresh_token"), ("refresh_token", token)]
        }
        let provider = try await Provider.discover(issuer, allowsInsecure: false, transport: transport)
        let answer: TokenAnswer
        do {
            answer = try await TokenAnswer.fetch(
                fields, of: provider, as: ClientIdentity(id: login.clientID, secret: login.clientSecret),
                transport: transport)
        } catch let error as OAuthError {
            throw loggedOut(login, "the issuer says \(error)")
        }
        var new = login
        new.take(answer, at: now())
        return new
    }

    private func loggedOut(_ login: StoredLogin, _ reason: String, isInsecure: Bool = false) -> CLIFailure {
        var command = loginCommand
        command.issuer = login.issuer
        command.clientID = login.clientID
        command.hasSecret = login.clientSecret != nil
        command.grant = login.grant
        command.isInsecure = isInsecure
        command.audience = login.audience
        return CLIFailure(
            .refused, "the login to \(shown(login.url, quoted: false)) is over: \(reason)",
            hints: "Log in again: \(command.text)")
    }
}
