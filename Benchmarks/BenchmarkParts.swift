// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// All parts, in the order in which they run: ``TakeoverPart`` declares the jobs that the later ones use, too.
enum BenchmarkParts {
    static let all: [any (BenchmarkPart & SendableMetatype).Type] = [
        BaselinePart.self, TakeoverPart.self, LimitsPart.self, FirePart.self, PoolsPart.self, LifePart.self,
        BurstPart.self, IngestPart.self, HTTPPart.self, IdlePart.self, TokensPart.self, APIPart.self,
        EmbeddedPart.self,
    ]
}
