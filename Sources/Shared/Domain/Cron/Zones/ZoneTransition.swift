// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A change of a zone's offset: the clock on the wall is set.
package struct ZoneTransition: Hashable, Sendable {
    /// The first instant with the new offset.
    package let instant: Timestamp
    /// Local time less UTC until then.
    package let offsetBefore: Duration
    /// Local time less UTC from then on.
    package let offsetAfter: Duration

    /// Whether local times are skipped (the clock goes forward) rather than shown twice.
    package var isGap: Bool { offsetAfter > offsetBefore }
}
