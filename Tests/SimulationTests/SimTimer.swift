// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Something that is to happen at a moment of virtual time; those of one moment happen in the order they were set.
struct SimTimer: Comparable, Sendable {
    let at: Duration
    let number: UInt64
    let fire: @Sendable () -> Void

    static func < (left: SimTimer, right: SimTimer) -> Bool {
        (left.at, left.number) < (right.at, right.number)
    }

    static func == (left: SimTimer, right: SimTimer) -> Bool {
        left.number == right.number
    }
}
