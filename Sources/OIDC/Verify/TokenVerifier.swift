// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Says who bears a token: the seam between the API and whatever checks tokens.
package protocol TokenVerifier: Sendable {
    /// Checks an access token in compact form, as it follows `Bearer ` in a header.
    ///
    /// May be called from any number of tasks. Waits for the network only when the token's key is not known, and then
    /// for at most some ten seconds.
    func verify(_ token: String) async throws(TokenError) -> Principal
}
