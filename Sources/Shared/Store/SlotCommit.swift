// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// What stands of a batch after ``SlotLedger/commit(_:while:)``.
package struct SlotCommit: Hashable, Sendable {
    /// The jobs that moved, or that an earlier try of the same batch had moved; the others were lost or edited.
    package let advanced: Set<JobName>
    /// The runs of the jobs that moved, as stored: those of the batch, or those that were adopted in their place.
    package let runs: [Run]

    /// What a store found.
    package init(advanced: Set<JobName>, runs: [Run]) {
        self.advanced = advanced
        self.runs = runs
    }
}
