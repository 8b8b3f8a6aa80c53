// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// Which slots have a run.
package protocol SlotLookup: Sendable {
    /// The slots of these jobs that have a run already although the job has not been moved past them: what an owner that
    /// died, or a try that failed, has begun.
    ///
    /// `cursors` gives each job's `nextRunAt`; only slots from there on count, at most ten thousand for
    /// each hundred jobs, and of a single job the first.
    func begunSlots(from cursors: [JobName: Timestamp]) async throws(StoreError) -> [JobName: Set<Timestamp>]
}

/// The slots: what has been made of them, and the one step that makes decisions about them stand.
///
/// Every verb may be repeated after an error.
package protocol SlotLedger: SlotLookup {
    /// Counts what these jobs' runs are doing; a job without runs that are not ended is left out.
    ///
    /// Runs of a deleted job of the same name (``Run/isRetired``) do not count.
    func activity(of jobs: [JobName]) async throws(StoreError) -> [JobName: JobActivity]

    /// Stores the runs of a batch and moves its jobs past the decided slots, so that no crash leaves a slot with two
    /// outcomes, or with none.
    ///
    /// A job moves only for its owner under the epoch of the step, from the slot of the step, while it is enabled. Where a
    /// slot has a run already, that one is adopted. Of a job that does not move, no run of this batch stays that could be
    /// taken back; what a crash leaves of them, the job's next owner finds by ``SlotLookup/begunSlots(from:)``.
    ///
    /// `isOwner` is asked before each write, of an empty batch, too: once it says no, nothing more is written.
    /// - Throws: `unavailable` when `isOwner` said no. Part of the batch may stand then, as after any error.
    func commit(_ batch: SlotBatch, while isOwner: @Sendable () -> Bool) async throws(StoreError) -> SlotCommit
}

/// What one batch of decisions writes.
package struct SlotBatch: Hashable, Sendable {
    /// One run per slot that is fired, made under the lock epoch of its job's step.
    package var runs: [Run]
    /// One step per job.
    package var steps: [JobAdvance]

    /// An empty batch, by default.
    package init(runs: [Run] = [], steps: [JobAdvance] = []) {
        self.runs = runs
        self.steps = steps
    }
}

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
