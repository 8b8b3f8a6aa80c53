// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension StoredLogin {
    /// Takes what the issuer gave; a refresh token that it does not replace stays good.
    mutating func take(_ answer: TokenAnswer, at time: Timestamp) {
        accessToken = answer.accessToken
        expiresAt = answer.lifetime.map { (time + $0).millisecondsSinceEpoch }
        if let token = answer.refreshToken { refreshToken = token }
        if let scopes = answer.scopes { self.scopes = scopes }
    }
}
