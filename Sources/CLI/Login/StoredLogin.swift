// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A login as it is kept: for which API, from whom, and the tokens.
///
/// Whatever prints it prints no secret.
struct StoredLogin: Codable, Equatable, Sendable, CustomStringConvertible, CustomReflectable {
    /// How it was obtained, hence how another token is.
    enum Grant: String, Codable, Sendable {
        case code = "authorization-code"
        case device = "device-code"
        case clientCredentials = "client-credentials"
    }

    /// The only API that the token is sent to.
    var url: String
    var issuer: String
    var clientID: String
    /// Kept beside the refresh token, which is worth as much: neither gets another token without the other.
    var clientSecret: String?
    var grant: Grant
    /// What was asked for, to ask for it again.
    var requestedScopes: [String]
    /// What was given.
    var scopes: [String]
    var accessToken: String
    /// Milliseconds since 1970 by this machine's clock; `nil` when the issuer did not say.
    var expiresAt: Int64?
    var refreshToken: String?
    /// Who logged in, of the ID token: `sub`, and a name that people know.
    var subject: String?
    var name: String?
    /// What was asked for as `audience`, to ask for it again.
    var audience: String?

    /// Whether the issuer may give another token without anybody logging in.
    var isRenewable: Bool {
        guard let issuer = IssuerURL(issuer), !issuer.isUnprotected else { return false }
        return refreshToken != nil || grant == .clientCredentials
    }

    /// Whether the token will do for some seconds more, as far as one can know.
    func isGood(at time: Timestamp, for margin: Duration = .seconds(30)) -> Bool {
        guard let expiresAt else { return true }
        return time + margin < Timestamp(millisecondsSinceEpoch: expiresAt)
    }

    var description: String { "login of \(clientID) to \(url)" }
    var customMirror: Mirror { Mirror(self, children: ["url": url, "clientID": clientID]) }
}
