// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Logging
package import Shared
import Synchronization

/// The issuer's keys: fetched when needed, kept, renewed in the background.
///
/// Whoever asks for a known key never waits. One fetch runs at a time, and whoever needs its outcome waits for the same
/// one. Nothing an outsider sends makes more than one fetch in ``KeyCacheRules/minimumSpacing``, beside those of ours.
package final class KeyCache: Sendable {
    /// The most bytes of the discovery document, and of the key set.
    static let documentLimits = (discovery: 64 * 1024, keys: 256 * 1024)

    private struct State {
        var snapshot: KeySnapshot?
        var nextAttemptAt = Duration.zero
        /// From when on a token with a key that is not among ours may cause a fetch.
        var nextSearchAt = Duration.zero
        /// Whether the fetch under way is one that such a token has caused.
        var isSearching = false
        var failures = 0
        var lastFailure: String?
        var flight: Task<Void, Never>?
        var waiting = 0
    }

    private let issuer: IssuerURL
    private let fetcher: any DocumentFetcher
    private let clock: any EngineClock
    private let rules: KeyCacheRules
    private let logger: Logger
    private let observe: @Sendable (TokenEvent) -> Void
    private let state: Mutex<State>

    /// Knows no keys yet and fetches none until somebody asks or ``run()`` is called.
    package init(
        issuer: IssuerURL, fetcher: any DocumentFetcher, clock: any EngineClock, logger: Logger,
        rules: KeyCacheRules = KeyCacheRules(), observe: @escaping @Sendable (TokenEvent) -> Void = { _ in }
    ) {
        self.issuer = issuer
        self.fetcher = fetcher
        self.clock = clock
        self.logger = logger
        self.rules = rules
        self.observe = observe
        state = Mutex(State(nextAttemptAt: clock.uptime()))
    }

    /// Fetches keys at once and whenever they get old, until the task is cancelled; tries again by itself after failures.
    package func run() async {
        while !Task.isCancelled {
            let now = clock.uptime()
            await flight(ifDueAt: now)?.value
            let due = state.withLock { max($0.nextAttemptAt, $0.snapshot?.freshUntil ?? .zero) }
            do { try await clock.sleep(for: max(due - clock.uptime(), .milliseconds(100))) } catch { return }
        }
    }

    /// Whether there are keys, and what went wrong last.
    package func status() -> IssuerStatus {
        let now = clock.uptime()
        return state.withLock { state in
            IssuerStatus(
                usableKeys: state.snapshot.map { $0.isUsable(at: now) ? $0.keys.keys.count : 0 } ?? 0,
                age: state.snapshot.map { now - $0.loadedAt }, lastFailure: state.lastFailure)
        }
    }

    /// Whether the latest fetch failed, so that there may be keys which we do not know.
    var isCutOff: Bool { state.withLock { $0.failures > 0 } }

    /// How many requests wait for a fetch.
    var waitingCount: Int { state.withLock { $0.waiting } }

    /// The keys in force, `nil` when there are none that may be used; starts a fetch when they are old.
    func current() -> KeySnapshot? {
        let now = clock.uptime()
        let (snapshot, isDue) = state.withLock { state in
            (state.snapshot.flatMap { $0.isUsable(at: now) ? $0 : nil }, Self.isDue(state, now))
        }
        if isDue { _ = flight(ifDueAt: now) }
        return snapshot
    }

    /// The keys in force after one more fetch, where one is allowed or under way; those that came since `known`, without one.
    ///
    /// Otherwise, or when too many wait already, those that there are.
    func renewed(since known: KeySnapshot?) async -> KeySnapshot? {
        let now = clock.uptime()
        let flight = state.withLock { state -> Task<Void, Never>? in
            guard state.waiting < rules.maximumWaiting else { return nil }
            if state.flight == nil, let snapshot = state.snapshot, snapshot.generation != known?.generation {
                return nil
            }
            let isSearch = state.flight == nil && state.snapshot?.isUsable(at: now) == true
            guard !isSearch || now >= state.nextSearchAt, let flight = takeOff(&state, now) else { return nil }
            state.isSearching = isSearch || state.isSearching
            state.waiting += 1
            return flight
        }
        if let flight {
            await flight.value
            state.withLock { $0.waiting -= 1 }
        }
        return current()
    }

    private static func isDue(_ state: State, _ now: Duration) -> Bool {
        state.flight == nil && now >= state.nextAttemptAt && now >= (state.snapshot?.freshUntil ?? .zero)
    }

    private func flight(ifDueAt now: Duration) -> Task<Void, Never>? {
        state.withLock { Self.isDue($0, now) ? takeOff(&$0, now) : $0.flight }
    }

    /// The fetch that is under way, or a new one if it may be; not bound to the task of whoever asked first.
    private func takeOff(_ state: inout State, _ now: Duration) -> Task<Void, Never>? {
        if let flight = state.flight { return flight }
        guard now >= state.nextAttemptAt else { return nil }
        let flight = Task { await load() }
        state.flight = flight
        return flight
    }

    private func load() async {
        do throws(IssuerFailure) {
            let discovery = try await fetcher.fetch(issuer.discoveryAddress, limit: Self.documentLimits.discovery)
            let metadata = try ProviderMetadata(discovery.body, of: issuer)
            let document = try await fetcher.fetch(metadata.keysAddress, limit: Self.documentLimits.keys)
            let keys = try KeySet(document.body)
            succeed(keys, maxAge: document.maxAge)
        } catch {
            fail(error)
        }
    }

    private func succeed(_ keys: KeySet, maxAge: Duration?) {
        let now = clock.uptime()
        // An issuer that withdrew all its keys is believed, but asked again soon.
        let isEmpty = keys.keys.isEmpty
        let reasons = keys.passedOver.prefix(8).map(\.description)
        let freshness = isEmpty ? rules.minimumSpacing : rules.freshness(maxAge: maxAge)
        let isChanged = state.withLock { state in
            let old = state.snapshot
            let isChanged = old?.keys != keys
            state.snapshot = KeySnapshot(
                keys: keys, generation: (old?.generation ?? 0) + (isChanged ? 1 : 0), loadedAt: now,
                freshUntil: now + freshness, usableUntil: now + rules.timeToLive)
            if state.isSearching { state.nextSearchAt = now + rules.minimumSpacing }
            state.isSearching = false
            state.nextAttemptAt = isEmpty ? now + rules.minimumSpacing : now
            state.failures = 0
            state.lastFailure =
                isEmpty ? (["it publishes no key that can be used"] + reasons).joined(separator: "; ") : nil
            state.flight = nil
            return isChanged
        }
        observe(.keysFetched)
        guard isChanged else { return }
        guard !isEmpty else {
            let text = reasons.isEmpty ? "it publishes none at all" : reasons.joined(separator: "; ")
            logger.log(.warning, "the issuer has no key that can be used", [.reasons: "\(text)"])
            return
        }
        logger.log(.info, "the issuer's keys were loaded", [.count: "\(keys.keys.count)"])
        for key in keys.passedOver.prefix(KeySet.maximumCount) {
            logger.log(.debug, "a key of the issuer is not used", [.reason: "\(key)"])
        }
    }

    private func fail(_ failure: IssuerFailure) {
        let now = clock.uptime()
        let isChanged = state.withLock { state in
            let isChanged = state.lastFailure != failure.description
            state.failures += 1
            state.isSearching = false
            state.lastFailure = failure.description
            let hasKeys = state.snapshot?.isUsable(at: now) ?? false
            state.nextAttemptAt = now + rules.wait(afterFailures: state.failures, hasKeys: hasKeys)
            state.flight = nil
            return isChanged
        }
        observe(.keysFailed)
        logger.log(isChanged ? .warning : .debug, "no keys from the issuer", [.error: "\(failure)"])
    }
}
