// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Metrics
import OIDC
import Shared

/// Counts what becomes of tokens and of fetches of keys.
struct TokenMetrics: Sendable {
    private let verified = Counter(.apiTokens, MetricDimension(.outcome, TokenOutcome.verified))
    private let remembered = Counter(.apiTokens, MetricDimension(.outcome, TokenOutcome.remembered))
    private let fetched = Counter(.apiKeyFetches, MetricDimension(.outcome, KeyFetchOutcome.done))
    private let failed = Counter(.apiKeyFetches, MetricDimension(.outcome, KeyFetchOutcome.failed))

    func count(_ event: TokenEvent) {
        switch event {
        case .verified: verified.increment()
        case .remembered: remembered.increment()
        case .refused(let code): Counter(.apiTokens, MetricDimension(.outcome, code)).increment()
        case .keysFetched: fetched.increment()
        case .keysFailed: failed.increment()
        }
    }
}

/// How a token was accepted; refusals go by their code.
enum TokenOutcome: String, CaseIterable {
    case verified, remembered
}

/// How a fetch of keys ended.
enum KeyFetchOutcome: String, CaseIterable {
    case done, failed
}
