// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// One question to the issuer's login page, and what its answer must match (OpenID Connect Core 3.1.2).
struct AuthorizationRequest: Sendable {
    /// Fixed by the contract; clients are registered with it.
    static let redirect = "http://localhost:5556/callback"

    let state: String
    let nonce: String
    let pkce: PKCE

    init(state: String = RandomText.make(), nonce: String = RandomText.make(), pkce: PKCE = PKCE()) {
        self.state = state
        self.nonce = nonce
        self.pkce = pkce
    }

    /// What to open in a browser.
    func address(at endpoint: String, clientID: String, scopes: [String], audience: String? = nil) -> String {
        var fields = [
            (name: "response_type", value: "code"), ("client_id", clientID), ("redirect_uri", Self.redirect),
            ("scope", scopes.joined(separator: " ")), ("state", state), ("nonce", nonce),
            ("code_challenge", pkce.challenge), ("code_challenge_method", "S256"),
        ]
        if let audience { fields.append(("audience", audience)) }
        let query = FormEncoding.encode(fields)
        return "\(endpoint)\(endpoint.contains("?") ? "&" : "?")\(query)"
    }

    /// Whether a callback answers this question, and not somebody else's.
    func isAnswered(by parameters: [String: String]) -> Bool {
        parameters["state"]?.isSameText(as: state) ?? false
    }

    /// The code of a callback that answers this question.
    ///
    /// - Throws: `OAuthError` when the issuer refuses; `CLIFailure` when the answer is not what it should be.
    func code(in parameters: [String: String], issuer: String) throws -> String {
        // RFC 9207: an answer that names another issuer was meant to confuse us.
        if let named = parameters["iss"], !named.isSameText(as: issuer) {
            throw CLIFailure(.refused, "the answer in the browser is from another issuer")
        }
        if let error = parameters["error"] { throw OAuthError(code: error, detail: parameters["error_description"]) }
        guard let code = parameters["code"], !code.isEmpty else {
            throw CLIFailure(.refused, "the answer in the browser holds no code")
        }
        return code
    }
}
