// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared
import Synchronization
import TestSupport
import Testing

@testable import OIDC

/// A verifier with an issuer without a network and a clock that stands still.
struct VerifierFixture {
    let clock: SettableClock
    let fetcher: ScriptedFetcher
    let cache: KeyCache
    let verifier: OIDCTokenVerifier
    let events = Events()

    final class Events: Sendable {
        private let all = Mutex<[TokenEvent]>([])
        func add(_ event: TokenEvent) { all.withLock { $0.append(event) } }
        func count(_ event: TokenEvent) -> Int { all.withLock { $0.count { $0 == event } } }
    }

    init(
        keySet: String? = nil, audience: String? = "simple-scheduler", clock: SettableClock = SettableClock(),
        remembered: Int = 10_000, issuer name: String = ScriptedFetcher.issuer, discovery: String? = nil,
        logger: Logger = .quiet
    ) throws {
        self.clock = clock
        fetcher = ScriptedFetcher(keySet: try keySet ?? TestKeys.keySet(), discovery: discovery)
        let issuer = try #require(IssuerURL(name))
        cache = KeyCache(
            issuer: issuer, fetcher: fetcher, clock: clock, logger: logger, observe: { [events] in events.add($0) })
        verifier = OIDCTokenVerifier(
            settings: OIDCSettings(issuer: issuer, audience: audience), keys: cache, clock: clock,
            rememberedTokens: remembered, observe: { [events] in events.add($0) })
    }

    /// A token that is accepted, unless its recipe is changed.
    func recipe(type: String? = "JWT", key: SigningKey = TestKeys.rsa, algorithm: String? = nil) -> TokenRecipe {
        TokenRecipe(
            issuer: ScriptedFetcher.issuer, seconds: clock.seconds, type: type, key: key, algorithm: algorithm)
    }

    /// The code of the refusal; `nil` when it was accepted.
    func refusal(of token: String) async -> TokenError.Code? { await error(of: token)?.code }

    /// The refusal; `nil` when it was accepted.
    func error(of token: String) async -> TokenError? {
        do throws(TokenError) {
            _ = try await verifier.verify(token)
            return nil
        } catch {
            return error
        }
    }
}

extension Logger {
    static let quiet: Logger = {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return logger
    }()
}
