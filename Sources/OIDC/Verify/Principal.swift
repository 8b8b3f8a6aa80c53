// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Who makes a request, and what they may do; taken from a token that was verified.
package struct Principal: Hashable, Sendable, CustomStringConvertible {
    /// `sub`, or the client's id where a token has no `sub`; unique with this issuer, up to 1,024 bytes.
    package let subject: String
    /// The client that the token was issued to (`client_id`, else `azp`, `cid` or `appid`).
    package let clientID: String?
    /// What was granted, whether or not we know it.
    package let scopes: Set<String>
    /// When nothing may be done in the token's name any more: half a minute after its `exp`.
    package let expiresAt: Timestamp

    package init(subject: String, clientID: String?, scopes: Set<String>, expiresAt: Timestamp) {
        self.subject = subject
        self.clientID = clientID
        self.scopes = scopes
        self.expiresAt = expiresAt
    }

    /// Whether a scope was granted; exact, without wildcards.
    package func has(_ scope: String) -> Bool { scopes.contains(scope) }

    /// For logs; must be escaped like all text from outside.
    package var description: String { clientID.map { "\(subject) by \($0)" } ?? subject }
}
