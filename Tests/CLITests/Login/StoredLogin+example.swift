// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

@testable import CLICommands

extension StoredLogin {
    static let epoch = Timestamp(millisecondsSinceEpoch: 1_700_000_000_000)

    /// A login that expires so long after the epoch of these tests.
    static func example(expiresIn seconds: Int64 = 3_600) -> StoredLogin {
        StoredLogin(
            url: "https://api.example/api", issuer: ScriptedIssuer.name, clientID: "cli",
            clientSecret: "secret-client", grant: .code, requestedScopes: ["openid", "jobs:read"],
            scopes: ["jobs:read"], accessToken: "secret-access-0",
            expiresAt: (epoch + .seconds(seconds)).millisecondsSinceEpoch, refreshToken: "secret-refresh-0",
            subject: "42", name: "guest")
    }
}
