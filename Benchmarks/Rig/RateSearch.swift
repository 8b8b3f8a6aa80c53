// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Finds the highest rate that a rig holds, by arming more and more jobs.
struct RateSearch {
    /// The highest rate that was held, in runs per second; 0 when none was.
    private(set) var held = 0.0
    /// The most actions that arrived per second, held or not.
    private(set) var peak = 0.0
    /// Lag at the highest rate that was held.
    private(set) var best: Measurement?

    /// Takes a measurement in.
    mutating func note(_ measurement: Measurement) {
        peak = max(peak, measurement.published)
        guard measurement.isHeld, measurement.published > held else { return }
        held = measurement.published
        best = measurement
    }

    /// Arms jobs with a slot every half second, for two fifths more runs per second each time, until the rate is not held
    /// any more, all jobs are armed, or `steps` are made; `armed` jobs make `rate` runs per second already.
    mutating func grow(_ rig: Rig, armed: Int, rate: Int, seconds: Int, steps: Int = 4) async throws {
        var (armed, rate) = (armed, rate)
        let interval = Duration.milliseconds(500)
        for _ in 0..<steps where armed < rig.jobs.names.count {
            let next = min(rig.jobs.names.count, armed + max(1, rate / 5))
            let first = try await rig.arm(armed..<next, interval: interval, spread: interval)
            rate += 2 * (next - armed)
            armed = next
            let measurement = try await rig.measure(
                "searching: \(rate) runs/s", from: first + .seconds(1), seconds: seconds, expected: rate * seconds)
            note(measurement)
            guard measurement.isHeld else { return }
        }
    }
}
