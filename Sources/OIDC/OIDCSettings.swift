// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Whose tokens are accepted.
package struct OIDCSettings: Hashable, Sendable {
    /// The issuer (`SIMPLE_SCHEDULER_OIDC_ISSUER`).
    package let issuer: IssuerURL
    /// What `aud` must contain (`SIMPLE_SCHEDULER_OIDC_AUDIENCE`); with `nil`, `aud` is not looked at.
    package let audience: String?

    package init(issuer: IssuerURL, audience: String? = nil) {
        self.issuer = issuer
        self.audience = audience
    }
}
