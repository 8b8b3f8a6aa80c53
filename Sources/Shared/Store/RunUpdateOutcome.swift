// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What became of one guarded update of a run.
package enum RunUpdateOutcome: Hashable, Sendable {
    /// Stored.
    case applied
    /// The run is no longer as it was read, or gone; nothing was written. Read again and decide again.
    case conflict
    /// The server will never store this document; the reason is safe to log.
    case rejected(String)
}
