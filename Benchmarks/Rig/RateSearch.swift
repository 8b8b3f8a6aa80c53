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

    /// Arms a fourth more jobs again and again (each has a slot every `interval`) until the rate is not held any more,
    /// all jobs are armed, or six steps are made; `armed` jobs are armed already.
    mutating func grow(_ rig: Rig, armed: Int, interval: Duration, seconds: Int) async throws {
        var armed = armed
        for _ in 0..<6 where armed < rig.jobs.names.count {
            let count = min(rig.jobs.names.count, armed + max(1, armed / 4))
            let first = try await rig.arm(armed..<count, interval: interval, spread: interval)
            armed = count
            let expected = Int((Double(count * seconds) * (.seconds(1) / interval)).rounded())
            let rate = expected / seconds
            let measurement = try await rig.measure(
                "searching: \(rate) runs/s", from: first + max(interval, .seconds(1)), seconds: seconds,
                expected: expected)
            note(measurement)
            guard measurement.isHeld else { return }
        }
    }
}
