// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import OIDC
import Synchronization

/// Makes the HTTP client at the first fetch: a client that was made must be shut down, which `--check` has no time for.
final class LateFetcher: DocumentFetcher {
    private let fetcher = Mutex<HTTPDocumentFetcher?>(nil)

    func fetch(_ address: String, limit: Int) async throws(IssuerFailure) -> FetchedDocument {
        let fetcher = fetcher.withLock { fetcher in
            let known = fetcher ?? HTTPDocumentFetcher()
            fetcher = known
            return known
        }
        return try await fetcher.fetch(address, limit: limit)
    }

    /// Closes the connections, if there ever were any; no fetch may come afterwards.
    func shutdown() async {
        await fetcher.withLock(\.self)?.shutdown()
    }
}
