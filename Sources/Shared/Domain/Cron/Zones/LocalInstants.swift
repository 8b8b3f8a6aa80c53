// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The instants at which the clock of a zone shows a given local time.
package enum LocalInstants: Hashable, Sendable {
    /// None: the clock skips it at this transition.
    case skipped(ZoneTransition)
    /// One, as for almost every local time.
    case once(Timestamp)
    /// Two, because the clock was set back; were there more, these are the first and the last.
    case twice(Timestamp, Timestamp)
}
