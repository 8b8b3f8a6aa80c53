// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// How we stand with the issuer, for readiness reports and logs.
package struct IssuerStatus: Hashable, Sendable {
    /// How many keys there are that tokens can be checked with; 0 means that all requests get 503.
    package let usableKeys: Int
    /// How long ago keys last came; `nil` when never.
    package let age: Duration?
    /// Why the last attempt failed; `nil` when it succeeded or there was none.
    package let lastFailure: String?

    /// Whether tokens can be checked.
    package var isReady: Bool { usableKeys > 0 }
}
