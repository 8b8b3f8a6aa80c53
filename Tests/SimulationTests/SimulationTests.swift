// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Testing

@Suite struct SimulationTests {
    /// What chooses the histories that are played.
    ///
    /// `SIMULATION_SEED=n` plays one and prints it; `SIMULATION_SEEDS=n` sets how many are played. The same seed gives the
    /// same history in another process only with `SWIFT_DETERMINISTIC_HASHING=1`, as scripts/test sets it.
    private static let environment = ProcessInfo.processInfo.environment
    private static let count = environment["SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 1_000

    /// Whether the one history is over a file; without a word, both are played.
    private static let store = environment["SIMULATION_STORE"]

    /// Plays the one that was asked for, if any was; gives whether so.
    private func playOne(overFile: Bool) throws -> Bool {
        guard let seed = Self.environment["SIMULATION_SEED"].flatMap(UInt64.init) else { return false }
        guard (Self.store ?? (overFile ? "file" : "memory")) == (overFile ? "file" : "memory") else { return true }
        let simulation = try Simulation(seed: seed, overFile: overFile, isVerbose: true)
        simulation.play()
        print(simulation.world.trace.joined(separator: "\n"))
        #expect(simulation.world.violations == [], "seed \(seed)")
        return true
    }

    /// Records a broken rule and how to look at it; gives whether there was one.
    private func isBroken(_ simulation: Simulation, seed: UInt64, _ store: String) -> Bool {
        guard !simulation.world.violations.isEmpty else { return false }
        print(simulation.world.trace.suffix(60).joined(separator: "\n"))
        Issue.record(
            "seed \(seed): \(simulation.world.violations). Replay: SWIFT_DETERMINISTIC_HASHING=1 SIMULATION_STORE=\(store) SIMULATION_SEED=\(seed) swift test --filter SimulationTests"
        )
        return true
    }

    /// One process at a time over a real file, which goes on with what a crash has left of it.
    @Test(.timeLimit(.minutes(10))) func `the invariants hold in every history over a file`() async throws {
        if try playOne(overFile: true) { return }
        // A fortieth of the histories takes about as long as all others; fewer than these prove little.
        let count = max(25, Self.count / 40)
        var total = (fired: 0, skipped: Int64(0), retried: 0, made: 0, good: 0, crashes: 0)
        for seed in 1...count {
            await Task.yield()
            let simulation = try Simulation(seed: seed, overFile: true)
            simulation.play()
            let (summary, lives) = (simulation.checker.summary, simulation.checker.lives)
            total.fired += summary.fired
            total.skipped += summary.skipped
            total.retried += summary.retried
            total.made += simulation.checker.edits.made
            total.good += lives.requestsMadeGood
            let end = (simulation.store as? SimFile)?.end()
            total.crashes += end?.crashes ?? 0
            if isBroken(simulation, seed: seed, "file") { return }
            #expect(end?.faults == [], "seed \(seed)")
        }
        print("\(count) histories over a file: \(total)")
        // Otherwise it would have proved nothing.
        #expect(total.fired > 40 * Int(count) && total.crashes > Int(count))
        #expect(total.retried > 0 && total.made > 0 && total.good > 0)
    }

    @Test(.timeLimit(.minutes(10))) func `the invariants hold in every history`() async throws {
        if try playOne(overFile: false) { return }
        var edits = (made: 0, skipped: 0, doubled: 0)
        var total = (fired: 0, skipped: Int64(0), retried: 0)
        var reports: [String: Int] = [:]
        var kept = 0
        var lives = (failuresRetried: 0, deletions: 0, cancelledAtOnce: 0, pruned: 0, requestsMadeGood: 0)
        for seed in 1...Self.count {
            // Other tests wait for servers and time-outs on the same few threads.
            await Task.yield()
            let simulation = try Simulation(seed: seed)
            simulation.play()
            total.fired += simulation.checker.summary.fired
            total.skipped += simulation.checker.summary.skipped
            total.retried += simulation.checker.summary.retried
            edits.made += simulation.checker.edits.made
            edits.skipped += simulation.checker.edits.skipped
            edits.doubled += simulation.checker.edits.doubled
            kept += simulation.checker.attemptsKept
            let own = simulation.checker.lives
            lives.failuresRetried += own.failuresRetried
            lives.deletions += own.deletions
            lives.cancelledAtOnce += own.cancelledAtOnce
            lives.pruned += own.pruned
            lives.requestsMadeGood += own.requestsMadeGood
            reports.merge(simulation.receivers.answers) { $0 + $1 }
            if isBroken(simulation, seed: seed, "memory") { return }
        }
        print(
            "\(Self.count) histories: \(total.fired) slots fired, \(total.skipped) skipped, \(total.retried) runs started again"
        )
        print("\(lives), edits \(edits), attempts that stayed with their workers: \(kept)")
        print("reports of receivers: \(reports.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" })")
        for kind in ["completed taken", "failed taken", "heartbeat taken", "cancelled taken", "completed over"] {
            #expect(reports[kind, default: 0] > 0, "\(kind)")
        }
        // Both only where a Scheduler dies, or a call of it fails, in the moment of the edit (docs/guarantees.md).
        #expect(edits.skipped > 0 && edits.doubled * 50 < edits.made)
        #expect(lives.failuresRetried > 0 && lives.deletions > 0 && lives.cancelledAtOnce > 0 && lives.pruned > 0)
        #expect(lives.requestsMadeGood > 0)
        // Of a few histories none may have one.
        #expect(kept > 0 || Self.count < 100)
        // A simulation in which nothing happens proves nothing.
        #expect(total.fired > 40 * Int(Self.count))
        #expect(total.skipped > 0)
        #expect(total.retried > 0)
    }

    @Test(arguments: [false, true]) func `a history is the same each time`(overFile: Bool) throws {
        let traces = try (0..<2).map { _ in
            let simulation = try Simulation(seed: 42, overFile: overFile)
            simulation.play()
            _ = (simulation.store as? SimFile)?.end()
            return simulation.world.trace
        }
        #expect(traces[0] == traces[1])
        #expect(traces[0].count > 20)
    }
}
