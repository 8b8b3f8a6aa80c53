// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@testable import OIDC

@Suite struct KeyCacheTests {
    @Test func `a flood of unknown key ids costs one fetch in ten seconds`() async throws {
        let fixture = try VerifierFixture()
        let known = try fixture.recipe().token()
        #expect(await fixture.refusal(of: known) == nil)
        #expect(fixture.fetcher.fetches == 1)
        // Ten thousand tokens with claims that would do, so only the key is missing.
        let template = fixture.recipe()
        for number in 0..<10_000 {
            var recipe = template
            recipe.setHeader("kid", "\"random-\(number)\"")
            let head = "\(encoded(recipe.headerText.utf8)).\(encoded(recipe.claimsText.utf8))"
            #expect(await fixture.refusal(of: "\(head).AAAA") == .unknownKey)
        }
        #expect(fixture.fetcher.fetches == 2)
        #expect(await fixture.refusal(of: known) == nil)
        fixture.clock.advance(by: .seconds(10))
        var recipe = template
        recipe.setHeader("kid", "\"one-more\"")
        #expect(await fixture.refusal(of: try recipe.token()) == .unknownKey)
        #expect(fixture.fetcher.fetches == 3)
    }

    @Test func `a known key never waits for a fetch`() async throws {
        let fixture = try VerifierFixture()
        #expect(await fixture.refusal(of: try fixture.recipe().token()) == nil)
        fixture.clock.advance(by: .seconds(400))
        fixture.fetcher.hold()
        // The keys are old, so this starts a fetch; it hangs, and the answer comes all the same.
        #expect(await fixture.refusal(of: try fixture.recipe(key: TestKeys.p256).token()) == nil)
        try await fixture.fetches(2)
        #expect(await fixture.refusal(of: try fixture.recipe(key: TestKeys.p384).token()) == nil)
        #expect(fixture.fetcher.fetches == 2)
        fixture.fetcher.release()
    }

    @Test func `a new key is found at its first token`() async throws {
        let fixture = try VerifierFixture(keySet: TestKeys.keySet(of: [try TestKeys.p256.jwk()]))
        #expect(await fixture.refusal(of: try fixture.recipe(key: TestKeys.p256).token()) == nil)
        fixture.fetcher.publish(try TestKeys.keySet())
        // At once: the fetch before was not for a key that nobody knew.
        #expect(await fixture.refusal(of: try fixture.recipe().token()) == nil)
        #expect(fixture.fetcher.fetches == 2)
    }

    @Test func `a slow search is not followed by another at once`() async throws {
        let fixture = try VerifierFixture()
        #expect(await fixture.refusal(of: try fixture.recipe().token()) == nil)
        var recipe = fixture.recipe()
        recipe.setHeader("kid", "\"nobody's\"")
        let unknown = try recipe.token()
        fixture.fetcher.hold()
        defer { fixture.fetcher.release() }
        async let first = fixture.refusal(of: unknown)
        try await fixture.fetches(2)
        fixture.clock.advance(by: .seconds(15))
        fixture.fetcher.release()
        #expect(await first == .unknownKey)
        #expect(await fixture.refusal(of: unknown) == .unknownKey)
        #expect(fixture.fetcher.fetches == 2)
        fixture.clock.advance(by: .seconds(10))
        #expect(await fixture.refusal(of: unknown) == .unknownKey)
        #expect(fixture.fetcher.fetches == 3)
    }

    @Test func `many who need a key share one fetch`() async throws {
        let fixture = try VerifierFixture()
        fixture.fetcher.hold()
        let token = try fixture.recipe().token()
        try await withThrowingTaskGroup(of: TokenError.Code?.self) { group in
            defer { fixture.fetcher.release() }
            for _ in 0..<50 { group.addTask { await fixture.refusal(of: token) } }
            try await eventually("50 wait for the fetch") { fixture.cache.waitingCount == 50 }
            fixture.fetcher.release()
            for try await refusal in group { #expect(refusal == nil) }
        }
        #expect(fixture.fetcher.fetches == 1)
        #expect(fixture.cache.waitingCount == 0)
    }

    @Test func `no more wait than may, the others are answered at once`() async throws {
        let fixture = try VerifierFixture()
        fixture.fetcher.hold()
        let token = try fixture.recipe().token()
        try await withThrowingTaskGroup(of: Void.self) { group in
            defer { fixture.fetcher.release() }
            for _ in 0..<256 { group.addTask { _ = await fixture.refusal(of: token) } }
            try await eventually("256 wait for the fetch") { fixture.cache.waitingCount == 256 }
            #expect(await fixture.refusal(of: token) == .issuerUnavailable)
        }
    }

    @Test func `an issuer that is down at the start is found when it comes up`() async throws {
        let fixture = try VerifierFixture()
        fixture.fetcher.fail("it cannot be reached")
        let token = try fixture.recipe().token()
        #expect(await fixture.refusal(of: token) == .issuerUnavailable)
        #expect(!fixture.cache.status().isReady)
        #expect(fixture.cache.status().lastFailure == "it cannot be reached")
        fixture.fetcher.publish(try TestKeys.keySet())
        #expect(await fixture.refusal(of: token) == .issuerUnavailable)
        fixture.clock.advance(by: .seconds(1))
        #expect(await fixture.refusal(of: token) == nil)
        #expect(fixture.cache.status() == IssuerStatus(usableKeys: 5, age: .zero, lastFailure: nil))
    }

    @Test func `a key that is not known cannot be judged while the issuer is away`() async throws {
        let fixture = try VerifierFixture(keySet: TestKeys.keySet(of: [try TestKeys.p256.jwk()]))
        let (old, new) = (try fixture.recipe(key: TestKeys.p256).token(), try fixture.recipe().token())
        #expect(await fixture.refusal(of: old) == nil)
        #expect(await fixture.refusal(of: new) == .unknownKey)
        fixture.fetcher.fail("it cannot be reached")
        fixture.clock.advance(by: .seconds(10))
        #expect(await fixture.refusal(of: new) == .issuerUnavailable)
        #expect(await fixture.refusal(of: new) == .issuerUnavailable)
        #expect(await fixture.refusal(of: old) == nil)
        fixture.fetcher.publish(try TestKeys.keySet())
        fixture.clock.advance(by: .seconds(10))
        #expect(await fixture.refusal(of: new) == nil)
    }

    @Test func `known keys outlive the issuer by an hour`() async throws {
        let fixture = try VerifierFixture()
        var recipe = fixture.recipe()
        recipe.setClaim("exp", "\(fixture.clock.seconds + 86_400)")
        let token = try recipe.token()
        #expect(await fixture.refusal(of: token) == nil)
        fixture.fetcher.fail("it cannot be reached")
        fixture.clock.advance(by: .seconds(3_599))
        #expect(await fixture.refusal(of: token) == nil)
        #expect(fixture.cache.status().isReady)
        fixture.clock.advance(by: .seconds(1))
        #expect(await fixture.refusal(of: token) == .issuerUnavailable)
        #expect(!fixture.cache.status().isReady)
        fixture.fetcher.publish(try TestKeys.keySet())
        fixture.clock.advance(by: .seconds(10))
        #expect(await fixture.refusal(of: token) == nil)
    }

    @Test func `an issuer that withdraws all its keys is believed`() async throws {
        let fixture = try VerifierFixture()
        let token = try fixture.recipe().token()
        #expect(await fixture.refusal(of: token) == nil)
        fixture.fetcher.publish("{\"keys\":[]}")
        fixture.clock.advance(by: .seconds(299))
        _ = await fixture.cache.renewed(since: fixture.cache.current())
        #expect(await fixture.refusal(of: token) == .issuerUnavailable)
        #expect(fixture.cache.status().lastFailure == "it publishes no key that can be used")
    }

    @Test func `keys are renewed without being asked for, and failures are tried again`() async throws {
        let clock = SettableClock(sleepsBeforeCancel: 6)
        let fixture = try VerifierFixture(clock: clock)
        fixture.fetcher.fail("it cannot be reached")
        await Task { await fixture.cache.run() }.value
        // 1, 2, 4, 8 and twice 10 s apart.
        let waits = [1, 2, 4, 8, 10, 10]
        #expect(clock.uptime() == .seconds(1_000 + waits.reduce(0, +)))
        #expect(fixture.events.count(.keysFailed) == 6)

        let other = SettableClock(sleepsBeforeCancel: 3)
        let healthy = try VerifierFixture(clock: other)
        await Task { await healthy.cache.run() }.value
        #expect(other.uptime() == .seconds(1_900))
        #expect(healthy.events.count(.keysFetched) == 3)
    }

    @Test(arguments: [(0, 60), (90, 90), (86_400, 300)])
    func `max-age is heeded within bounds`(_ maxAge: Int, _ refresh: Int) async throws {
        let clock = SettableClock(sleepsBeforeCancel: 1)
        let fixture = try VerifierFixture(clock: clock)
        fixture.fetcher.publish(try TestKeys.keySet(), maxAge: .seconds(maxAge))
        await Task { await fixture.cache.run() }.value
        #expect(clock.uptime() - .seconds(1_000) == .seconds(refresh))
    }

    @Test(arguments: [
        ("max-age=90", 90), ("public, Max-Age = 5", 5), ("no-store", 0), ("no-cache, max-age=9", 0),
        ("max-age=-1", nil), ("max-age=99999999999999999999", nil), ("", nil), ("s-maxage=7", nil),
    ])
    func `cache directives are read`(_ text: String, _ seconds: Int?) {
        #expect(MaximumAge.parse(text.split(separator: ",")) == seconds.map { .seconds($0) })
    }
}

extension VerifierFixture {
    /// Waits until so many fetches were begun.
    func fetches(_ count: Int) async throws {
        try await eventually("fetch \(count) is begun") { fetcher.fetches >= count }
    }
}
