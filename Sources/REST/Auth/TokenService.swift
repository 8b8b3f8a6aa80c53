// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
import Metrics
package import OIDC
import ServiceHost
import ServiceLifecycle
package import Shared

/// Checks tokens, and keeps the issuer's keys fresh in the background.
package struct TokenService: Service {
    /// What checks the tokens.
    package let verifier: OIDCTokenVerifier
    private let keys: KeyCache
    private let fetcher = LateFetcher()

    /// Contacts nobody: the issuer is asked once ``run()`` does.
    ///
    /// `audience` is what `aud` of a token must contain; `nil` = it is not looked at.
    package init(issuer: IssuerURL, audience: String?, logger: Logger) {
        if issuer.isUnprotected {
            logger.log(
                .warning, "keys are fetched over plain HTTP from another machine: anybody in between can forge tokens")
        }
        let events = TokenMetrics()
        let clock = SystemClock()
        keys = KeyCache(
            issuer: issuer, fetcher: fetcher, clock: clock, logger: logger, observe: { events.count($0) })
        verifier = OIDCTokenVerifier(
            settings: OIDCSettings(issuer: issuer, audience: audience), keys: keys, clock: clock,
            observe: { events.count($0) })
    }

    /// How things stand, for `/readyz`.
    package var readiness: ReadinessCheck {
        let status = keys.status()
        let detail = status.isReady ? "\(status.usableKeys) keys" : status.lastFailure ?? "no contact yet"
        return ReadinessCheck("issuer", isOK: status.isReady, detail: detail)
    }

    package func run() async throws {
        try await InterruptibleService(grace: .seconds(2)) {
            await keys.run()
            await fetcher.shutdown()
        }.run()
    }
}
