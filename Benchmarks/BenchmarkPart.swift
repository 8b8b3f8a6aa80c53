// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// One part of the benchmark: brings up what it needs, measures, checks that nothing was lost, and leaves nothing
/// running.
///
/// To add one: a type in Parts/, and a line in ``BenchmarkParts``.
protocol BenchmarkPart {
    /// What `BENCH` names it.
    static var name: String { get }
    /// What it measures, in one line.
    static var summary: String { get }
    /// Whether it measures with MongoDB and RabbitMQ; it does by default.
    static var needsServers: Bool { get }

    /// Parts have no settings of their own.
    init()

    /// Runs it; the figures go to the report of `bench`.
    ///
    /// - Throws: when a figure would not be worth printing.
    func run(_ bench: Bench) async throws
}

extension BenchmarkPart {
    static var needsServers: Bool { true }
}
