// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The keys that are in force, and since when.
struct KeySnapshot: Sendable {
    let keys: KeySet
    /// Changes whenever the keys do, so that what was verified with others is forgotten.
    let generation: UInt64
    /// When they came, by uptime, and how long they may be used without being asked for again.
    let loadedAt: Duration
    let freshUntil: Duration
    let usableUntil: Duration

    /// Whether tokens can be checked with it.
    func isUsable(at now: Duration) -> Bool {
        now < usableUntil && !keys.keys.isEmpty
    }
}
