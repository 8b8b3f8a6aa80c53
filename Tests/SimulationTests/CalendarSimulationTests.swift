// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@Suite struct CalendarSimulationTests {
    /// Five jobs with a cron and five with steps in each of four zones, for two years in which each clock is put four times.
    @Test(.timeLimit(.minutes(10))) func `two years of every calendar are as the minutes say`() async throws {
        let (entries, transitions, start) = try CalendarEntry.all()
        #expect(transitions.count > 10)
        var (fired, skipped, outages) = (0, Int64(0), 0)
        for seed: UInt64 in 1...2 {
            let simulation = try CalendarSimulation(
                seed: seed, entries: entries, transitions: transitions, start: start, length: .seconds(725 * 86_400))
            await simulation.play()
            #expect(simulation.world.violations == [], "seed \(seed): \(simulation.world.trace.suffix(20))")
            fired += simulation.checker.summary.fired
            skipped += simulation.checker.summary.skipped
            outages += simulation.outages.count
        }
        print("4 years of \(entries.count) jobs: \(fired) slots fired, \(skipped) missed in \(outages) outages")
        // Otherwise it would have proved nothing.
        #expect(fired > 20_000 && skipped > 100 && outages > 10)
    }
}
