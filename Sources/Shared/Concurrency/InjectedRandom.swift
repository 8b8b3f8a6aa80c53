// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A source of randomness that is handed in, so that a simulation can repeat what a process did.
package struct InjectedRandom: RandomNumberGenerator, Sendable {
    private let draw: @Sendable () -> UInt64

    /// Takes its numbers from `draw`, which may be called from any thread; the system's generator by default.
    package init(_ draw: @escaping @Sendable () -> UInt64 = { UInt64.random(in: 0 ... .max) }) {
        self.draw = draw
    }

    package mutating func next() -> UInt64 { draw() }
}
