// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What there is to count about tokens and keys.
package enum TokenEvent: Hashable, Sendable {
    /// Accepted, after its signature was checked.
    case verified
    /// Accepted, because it was verified before.
    case remembered
    /// Not accepted.
    case refused(TokenError.Code)
    /// Keys came from the issuer.
    case keysFetched
    /// No keys came from the issuer.
    case keysFailed
}
