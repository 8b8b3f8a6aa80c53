// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// One call of ``JobSubscriptions/release(_:)`` for one job.
struct RemovalRequest {
    let job: JobName
    /// No method is sent after this.
    let deadline: ContinuousClock.Instant
    /// Called once.
    let answer: (ReleaseOutcome) -> Void
}
