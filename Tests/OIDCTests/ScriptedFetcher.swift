// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Synchronization

@testable import OIDC

/// An issuer without a network, whose answers a test chooses and counts.
final class ScriptedFetcher: DocumentFetcher {
    private struct State {
        var keySet = ""
        var failure: IssuerFailure?
        var maxAge: Duration?
        var fetches = 0
        var isHeld = false
        var held: [CheckedContinuation<Void, Never>] = []
    }

    static let issuer = "https://issuer.example/realm"
    private let discovery: String
    private let state = Mutex(State())

    /// Without a discovery document of a provider's own it has a short one.
    init(keySet: String, discovery: String? = nil) {
        self.discovery =
            discovery ?? "{\"issuer\":\"\(Self.issuer)\",\"jwks_uri\":\"https://issuer.example/keys\"}"
        state.withLock { $0.keySet = keySet }
    }

    /// How often the key set was asked for, or the discovery that failed before it.
    var fetches: Int { state.withLock { $0.fetches } }

    func publish(_ keySet: String, maxAge: Duration? = nil) {
        state.withLock {
            $0.keySet = keySet
            $0.maxAge = maxAge
            $0.failure = nil
        }
    }

    func fail(_ text: String) {
        state.withLock { $0.failure = IssuerFailure(text) }
    }

    /// Fetches hang from now on, until ``release()``.
    func hold() {
        state.withLock { $0.isHeld = true }
    }

    func release() {
        let held = state.withLock { state in
            defer { state.held = [] }
            state.isHeld = false
            return state.held
        }
        for continuation in held { continuation.resume() }
    }

    func fetch(_ address: String, limit: Int) async throws(IssuerFailure) -> FetchedDocument {
        let isDiscovery = address.hasSuffix("/.well-known/openid-configuration")
        if isDiscovery {
            state.withLock { $0.fetches += 1 }
            await withCheckedContinuation { continuation in
                let isHeld = state.withLock { state in
                    if state.isHeld { state.held.append(continuation) }
                    return state.isHeld
                }
                if !isHeld { continuation.resume() }
            }
        }
        let (keySet, failure, maxAge) = state.withLock { ($0.keySet, $0.failure, $0.maxAge) }
        if let failure { throw failure }
        if isDiscovery { return FetchedDocument(body: Array(discovery.utf8)) }
        return FetchedDocument(body: Array(keySet.utf8), maxAge: maxAge)
    }
}
