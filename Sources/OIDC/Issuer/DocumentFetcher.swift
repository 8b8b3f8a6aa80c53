// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Gets documents of the issuer: the seam between the key cache and the network.
package protocol DocumentFetcher: Sendable {
    /// Gets one document of at most `limit` bytes; follows no redirect, and gives up after some seconds.
    func fetch(_ address: String, limit: Int) async throws(IssuerFailure) -> FetchedDocument
}
