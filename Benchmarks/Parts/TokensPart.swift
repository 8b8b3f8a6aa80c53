// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Glibc
import OIDC
import Shared

/// How many tokens one core checks: those that it sees for the first time, and those that it remembers.
struct TokensPart: BenchmarkPart {
    static let name = "tokens"
    static let summary = "tokens checked per second of one core, new and remembered"

    func run(_ bench: Bench) async throws {
        for (type, name) in [("JWT", "tokens.jwt"), ("at+jwt", "tokens.at-jwt")] {
            bench.progress.show("signing tokens (\(type))")
            let issuer = try BenchmarkIssuer(name: "https://issuer.example")
            let verifier = try await Self.verifier(of: issuer, bench)
            let tokens = try (0..<bench.scaled(1_500, least: 100)).map { try issuer.token($0, type: type) }
            bench.progress.show("checking them")
            let fresh = try await Self.rate(tokens.count) { _ = try await verifier.verify(tokens[$0]) }
            let remembered = try await Self.rate(bench.scaled(200_000, least: 1_000)) {
                _ = try await verifier.verify(tokens[$0 % tokens.count])
            }
            bench.report.add("\(name).new", fresh, "tokens/s", goal: .atLeast(3_000))
            bench.report.add("\(name).remembered", remembered, "tokens/s", goal: .atLeast(50_000))
        }
    }

    private static func verifier(of issuer: BenchmarkIssuer, _ bench: Bench) async throws -> OIDCTokenVerifier {
        guard let url = IssuerURL(issuer.name) else { throw BenchmarkFailure("\(issuer.name) is no issuer") }
        let fetcher = LocalFetcher(discovery: issuer.discovery, keySet: try issuer.keySet())
        let keys = KeyCache(issuer: url, fetcher: fetcher, clock: SystemClock(), logger: bench.logger)
        let verifier = OIDCTokenVerifier(settings: OIDCSettings(issuer: url), keys: keys, clock: SystemClock())
        // The keys are fetched for the first token.
        _ = try await verifier.verify(try issuer.token(-1))
        return verifier
    }

    /// By the processor time of the whole process, one token after the other.
    private static func rate(_ count: Int, _ body: (Int) async throws -> Void) async throws -> Double {
        let before = try ProcessUsage(of: getpid()).cpuSeconds
        for number in 0..<count { try await body(number) }
        return Double(count) / max(try ProcessUsage(of: getpid()).cpuSeconds - before, 0.01)
    }
}
