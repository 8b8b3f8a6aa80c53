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

extension StoredLogin {
    /// Who is logged in, for people; a client that acts for itself is named by its id.
    var who: String { name ?? subject ?? clientID }
}

extension StoredLogin {
    /// Takes what the issuer gave; a refresh token that it does not replace stays good.
    mutating func take(_ answer: TokenAnswer, at time: Timestamp) {
        accessToken = answer.accessToken
        expiresAt = answer.lifetime.map { (time + $0).millisecondsSinceEpoch }
        if let token = answer.refreshToken { refreshToken = token }
        if let scopes = answer.scopes { self.scopes = scopes }
    }
}

extension StoredLogin {
    /// Takes the login of a context out of the file; `nil` when there is none, or for another API.
    static func remove(
        _ context: String, ifFor url: String? = nil, in folder: PrivateFolder
    ) async throws -> StoredLogin? {
        guard let login = try TokenFile(in: folder).logins[context], url == nil || login.url == url else { return nil }
        return try await folder.locked {
            var file = try TokenFile(in: folder)
            // It may have been refreshed meanwhile: the newest tokens are the ones to revoke.
            let login = file.logins.removeValue(forKey: context)
            try file.save(in: folder)
            return login
        }
    }
}
