// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Testing

@testable import OIDC

/// How many tokens one core checks, by processor time; only on demand, because it tests nothing but this machine.
///
/// `SIMPLE_SCHEDULER_TEST_SPEED=1 swift test -Xswiftc -O --filter SpeedTests`
@Suite(.serialized, .enabled(if: ProcessInfo.processInfo.environment["SIMPLE_SCHEDULER_TEST_SPEED"] == "1"))
struct SpeedTests {
    @Test(arguments: TokenVerifierTests.algorithms, ["JWT", "at+jwt"])
    func `tokens a second on one core`(_ algorithm: (key: SigningKey, name: String), _ type: String) async throws {
        let fixture = try VerifierFixture()
        var tokens: [String] = []
        for number in 0..<2_000 {
            var recipe = fixture.recipe(type: type, key: algorithm.key, algorithm: algorithm.name)
            recipe.setClaim("jti", "\"\(number)\"")
            tokens.append(try recipe.token())
        }
        let fresh = try await rate(2_000) { _ = try await fixture.verifier.verify(tokens[$0]) }
        let remembered = try await rate(100_000) { _ = try await fixture.verifier.verify(tokens[$0 % 2_000]) }
        #expect(fixture.events.count(.verified) == 2_000)
        print("\(algorithm.name) \(type): \(fresh) new, \(remembered) remembered")
    }

    private func rate(_ count: Int, _ body: (Int) async throws -> Void) async throws -> Int {
        let start = clock()
        for number in 0..<count { try await body(number) }
        return Int(Double(count) / (Double(clock() - start) / 1_000_000))
    }
}
