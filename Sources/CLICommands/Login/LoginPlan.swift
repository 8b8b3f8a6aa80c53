// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Everything that a login needs to know before it begins.
struct LoginPlan: Sendable {
    /// The context that the login is for.
    var context: String
    /// The API that the tokens are for.
    var url: String
    var provider: Provider
    var client: ClientIdentity
    /// What to ask for, each once.
    var scopes: [String]
    var grant: StoredLogin.Grant
    /// Which API the tokens shall be for, where the provider wants to be told.
    var audience: String?

    /// What everybody asks for unless told otherwise.
    static let apiScopes = ["jobs:read", "jobs:write", "runs:read", "runs:write"]

    /// The scopes to ask for when nobody named any: identity and renewal too where a person logs in, as far as the
    /// issuer knows of them.
    static func scopes(for grant: StoredLogin.Grant, of provider: Provider) -> [String] {
        guard grant != .clientCredentials else { return apiScopes }
        let renewal = provider.scopes?.contains("offline_access") ?? true
        return ["openid"] + (renewal ? ["offline_access"] : []) + apiScopes
    }

    /// The login that comes of it.
    func login(with answer: TokenAnswer, identity: IDToken?, at time: Timestamp) -> StoredLogin {
        var login = StoredLogin(
            url: url, issuer: provider.issuer.description, clientID: client.id, clientSecret: client.secret,
            grant: grant, requestedScopes: scopes, scopes: scopes, accessToken: "", subject: identity?.subject,
            name: identity?.name, audience: audience)
        login.take(answer, at: time)
        return login
    }

    /// The ID token of an answer, checked; `nil` when none was asked for and none came.
    ///
    /// Its signature is not: it comes straight from the token endpoint over TLS, which OpenID Connect Core 3.1.3.7
    /// (point 6) lets stand for it. With plain http the issuer is this machine, where nobody is in between either, or
    /// `--insecure` was given, whose warning covers this.
    func identity(in answer: TokenAnswer, nonce: String?, at time: Timestamp) throws(CLIFailure) -> IDToken? {
        guard let text = answer.idToken else {
            guard grant == .code, scopes.contains("openid") else { return nil }
            throw CLIFailure(.refused, "the issuer sent no ID token, so it is unknown who logged in")
        }
        let token = try IDToken(text)
        try token.check(issuer: provider.issuer, clientID: client.id, nonce: nonce, at: time)
        return token
    }
}
