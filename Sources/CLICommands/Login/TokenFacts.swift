// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What an access token says of itself when it is a JWT; for showing only, nothing is verified.
struct TokenFacts: Sendable {
    var subject: String?
    var clientID: String?
    var issuer: String?
    var scopes: [String]?
    var expiresAt: Timestamp?

    init(_ token: String) {
        let parts = token.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3, let claims = Base64URL.decode(parts[1]).flatMap(JSONReader.object) else { return }
        func text(_ name: String) -> String? {
            if case .string(let text)? = claims[name] { text } else { nil }
        }
        subject = text("preferred_username") ?? text("username") ?? text("sub")
        clientID = text("client_id") ?? text("azp") ?? text("cid") ?? text("appid")
        issuer = text("iss")
        scopes = (claims["scope"] ?? .null).scopeList ?? (claims["scp"] ?? .null).scopeList
        expiresAt = claims["exp"]?.numericDate
    }
}
