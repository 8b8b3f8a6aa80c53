// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// All parts, in the order in which they run: those that declare few objects first.
enum BenchmarkParts {
    static let all: [any (BenchmarkPart & SendableMetatype).Type] = [
        TokensPart.self, APIPart.self, BaselinePart.self, LimitsPart.self, FirePart.self, LifePart.self,
        TakeoverPart.self, BurstPart.self,
        IngestPart.self, IdlePart.self,
    ]
}
