// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What a token is for, as far as its claims tell.
enum TokenPurpose {
    /// Where providers say it, in this order: Keycloak, Glewlwyd, Cognito, Casdoor.
    private static let marks = ["typ", "type", "token_use", "tokenType"]
    private static let access: Set = [
        "bearer", "access", "access_token", "access-token", "client_token", "at+jwt",
    ]
    private static let others = [
        "id": "an ID token", "id_token": "an ID token", "id-token": "an ID token",
        "refresh": "a refresh token", "refresh_token": "a refresh token", "refresh-token": "a refresh token",
        "offline": "a refresh token", "logout": "a logout token",
    ]

    /// What it is instead of an access token for whoever bears it; `nil` when nothing speaks against that.
    static func other(_ members: [String: JSONValue], kind: TokenKind) -> String? {
        if members["events"] != nil { return "it is a security event" }
        if members["cnf"] != nil { return "it is bound to a key, and only bearer tokens are supported" }
        // Whoever writes at+jwt has said it in the header (RFC 9068, section 2.1).
        var isMarked = kind == .accessToken
        for mark in marks {
            guard case .string(let text)? = members[mark] else { continue }
            let word = text.lowercased()
            if access.contains(word) {
                isMarked = true
            } else if let other = others[word] {
                return "it is \(other)"
            } else if word.contains("token") || mark != "type" && word != "jwt" {
                // In `type` Casdoor writes what kind of user it is.
                return "its claim \(mark) says that it is for something else"
            }
        }
        // Keycloak before 24 and Casdoor write the nonce of the login into access tokens, too.
        let signs = ["at_hash", "c_hash", "s_hash"] + (isMarked ? [] : ["nonce"])
        return signs.first { members[$0] != nil }.map { "it is an ID token, as its claim \($0) shows" }
    }
}
