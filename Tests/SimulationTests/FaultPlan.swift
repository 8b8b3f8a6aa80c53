// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// How often what goes wrong, drawn from the world's random numbers; quiet after a while, so that all can be mended.
struct FaultPlan: Sendable {
    let world: SimWorld
    /// From then on nothing goes wrong any more.
    let quietAfter: Duration
    /// How likely a process dies at one moment of a call.
    var deaths = 0.001
    /// How likely one call fails, before or after its effect.
    var failures = 0.004
    /// How likely one call is slow, and how slow at most.
    var slowness = 0.02

    /// Whether the time of faults is over.
    var isQuiet: Bool { world.now >= quietAfter }

    /// How long one moment of a call takes.
    func latency() -> Duration {
        if !isQuiet, world.chance(slowness) { return world.random(.milliseconds(50)...(.milliseconds(2_500))) }
        return world.random(.microseconds(100)...(.milliseconds(3)))
    }

    /// Whether the process dies here.
    func dies(_ moment: String, _ process: SimProcess) -> Bool {
        guard !isQuiet, !process.isDead, world.chance(deaths) else { return false }
        world.note("\(process.name) dies \(moment)")
        return true
    }

    /// Whether the database does not answer here.
    func databaseFails(_ moment: String, _ process: SimProcess) -> Bool {
        guard !isQuiet, world.chance(failures) else { return false }
        world.note("\(process.name): the database fails \(moment)")
        return true
    }
}
