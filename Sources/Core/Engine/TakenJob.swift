// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A job that was taken from the table for one batch, and why.
package struct TakenJob: Sendable {
    /// The job as it stood.
    package let held: HeldJob
    /// Whether a slot of it is due.
    package let isDue: Bool
    /// Whether somebody asked for the release of a waiting run.
    package let wantsRelease: Bool

    /// Whether its runs must be counted first.
    var needsCounts: Bool { held.owned.job.isLimited || wantsRelease }
}
