// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// When keys are fetched again, and how long they are believed.
package struct KeyCacheRules: Sendable {
    /// The time after which keys are fetched again; a key that was withdrawn is refused after at most this.
    package var refreshInterval = Duration.seconds(300)
    /// The shortest such time that an issuer can ask for with `max-age`.
    package var shortestRefreshInterval = Duration.seconds(60)
    /// The least time between two fetches that tokens with unknown keys cause, and after a failure (contract, section 6).
    package var minimumSpacing = Duration.seconds(10)
    /// The wait after a first failure when there are no keys; doubled with each further one, up to the least time above.
    package var firstRetry = Duration.seconds(1)
    /// How long keys are used when the issuer cannot be reached any more.
    package var timeToLive = Duration.seconds(3_600)
    /// How many requests may wait for one fetch; the others are answered at once.
    package var maximumWaiting = 256

    /// The rules as documented in docs/threat-model.md.
    package init() {}

    func freshness(maxAge: Duration?) -> Duration {
        maxAge.map { min(max($0, shortestRefreshInterval), refreshInterval) } ?? refreshInterval
    }

    func wait(afterFailures failures: Int, hasKeys: Bool) -> Duration {
        guard !hasKeys, failures <= 16 else { return minimumSpacing }
        return min(firstRetry * (1 << max(0, failures - 1)), minimumSpacing)
    }
}
