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
    var needsCounts: Bool { wantsRelease || held.owned.job.isLimited && !isSureToQueue }

    /// Whether its slots have to wait for their turn whatever a count would say.
    ///
    /// The last one saw runs that wait, and only this owner lets them go, after another count. So a long queue is not counted
    /// for each slot that joins it. Where a cancel has taken the last of them away, the slot waits for the next count.
    var isSureToQueue: Bool {
        let job = held.owned.job
        return held.mayHaveWaiting && !held.mayHaveBegun && !job.allowsConcurrentRuns && job.maxQueueCount == 0
    }
}
