// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import AddressGuard
package import Logging
package import OIDC
package import ServiceHost
package import Shared

/// What the API is put together from; the tests put in their own.
package struct APIParts: Sendable {
    /// Where jobs and runs are.
    package var store: any AdminStore
    /// Who bears a token.
    package var verifier: any TokenVerifier
    /// The database's clock.
    package var clock: any EngineClock
    /// Where hints go.
    package var hints: HintSender
    /// What `/readyz` says.
    package var readiness: @Sendable () async -> [ReadinessCheck]
    /// Requests a second for one subject; 0 = any number.
    package var rateLimit = 0
    /// Whether jobs can be delivered over a message bus.
    package var hasBus = true
    /// Where the requests of jobs may go.
    package var addressRules = AddressRules()
    /// What sends a request for somebody who tries a delivery out; `nil` = nothing.
    package var requests: (any RequestSink)?
    /// Who is let in as the owner of the data, where no issuer says who may what; `nil` = nobody.
    package var owner: OwnerDoor?
    /// From which web pages browsers may call.
    package var origins = AllowedOrigins()
    /// How long a live Scheduler may be silent.
    package var heartbeatTimeout = Duration.seconds(15)
    /// Which languages of other services are spoken, too.
    package var dialects: Set<Dialect> = []
    /// What is assumed for requests in a dialect that bring no token; `nil` = nothing.
    package var dialectTokens: DialectTokens?
    /// Where the events of the dialect `clockmonster` go; `nil` = nowhere.
    package var clockMonsterEvents: ClockMonsterEvents?
    /// What one connection may take.
    package var limits = ConnectionLimits()
    /// Where audit lines go.
    package var logger: Logger

    /// The rest has defaults that can be changed before use.
    package init(
        store: any AdminStore, verifier: any TokenVerifier, clock: any EngineClock, hints: HintSender,
        readiness: @escaping @Sendable () async -> [ReadinessCheck], logger: Logger
    ) {
        self.store = store
        self.verifier = verifier
        self.clock = clock
        self.hints = hints
        self.readiness = readiness
        self.logger = logger
    }
}
