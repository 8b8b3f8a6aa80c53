// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// A ledger over a store that has no cheap transaction for runs and jobs together: commits in three guarded steps, each of
/// which can be repeated.
///
/// The order is what makes a crash harmless: a run that was stored before its job moved is adopted by the next owner; a job
/// that moved first would have lost the slot.
///
/// For drivers alone, and for the simulation, which crashes between the steps: whoever uses a store knows ``SlotLedger``.
package protocol SteppedSlotLedger: SlotLedger {
    /// Stores new runs. Where the slot (job and `scheduledTime`, trigger `schedule`) has a run already, that one is
    /// adopted instead: its `lockEpoch` is raised to the new run's, by an update that never lowers it.
    ///
    /// - Returns: one run per given run, in the same order, as stored.
    func insertOrAdopt(_ runs: [Run]) async throws(StoreError) -> [Run]

    /// Moves jobs to their next slot, each by one update guarded by owner, epoch, edition, slot and, unless it accounts for an
    /// edit, `enabled`.
    ///
    /// Records the skips of a step in the same update: a count per reason, and the last hundred rows.
    /// - Returns: the jobs that moved, or that an earlier try of the same step had moved. The others were lost or edited.
    func advance(_ steps: [JobAdvance]) async throws(StoreError) -> Set<JobName>

    /// Deletes those of `runs` that are still as this owner made them: pending, never published, same
    /// `lockEpoch` and `revision`.
    func withdraw(_ runs: [Run]) async throws(StoreError)
}

extension SteppedSlotLedger {
    package func commit(
        _ batch: SlotBatch, while isOwner: @Sendable () -> Bool
    ) async throws(StoreError) -> SlotCommit {
        try Self.check(isOwner)
        let stored = batch.runs.isEmpty ? [] : try await insertOrAdopt(batch.runs)
        try Self.check(isOwner)
        let advanced = batch.steps.isEmpty ? [] : try await advance(batch.steps)
        let made = Set(batch.runs.map(\.id))
        let orphans = stored.filter { made.contains($0.id) && !advanced.contains($0.jobName) }
        if !orphans.isEmpty { try await withdraw(orphans) }
        return SlotCommit(advanced: advanced, runs: stored.filter { advanced.contains($0.jobName) })
    }

    private static func check(_ isOwner: () -> Bool) throws(StoreError) {
        guard isOwner() else { throw StoreError(.unavailable, "the lease ran out while firing") }
    }
}
