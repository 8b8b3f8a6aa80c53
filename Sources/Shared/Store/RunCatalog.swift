// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The runs, as the API shows, makes and stops them.
package protocol RunCatalog: Sendable {
    /// The run of that id.
    func run(_ id: RunID) async throws(StoreError) -> RunRecord?

    /// Runs that pass the filter, newest first by their ids, from after `id` on.
    ///
    /// Fewer than `limit` are returned when they would fill more than some megabytes.
    func runs(_ filter: RunFilter, after id: RunID?, limit: Int) async throws(StoreError) -> Page<RunRecord>

    /// How many runs of the job are pending, those of a deleted job of the name left out; stops counting at `limit`.
    func pendingRuns(of job: JobName, limit: Int) async throws(StoreError) -> Int

    /// Makes a pending run that is due at once.
    ///
    /// - Returns: `false` when there is one of the same id: an earlier try, or another one with the same claim, has made it.
    @discardableResult
    func insert(_ run: ManualRun) async throws(StoreError) -> Bool

    /// Ends the run (``RunStop/end``) or has it told to stop (``RunStop/tell``) by one update that is guarded by
    /// everything that the choice between the two was made from.
    ///
    /// - Returns: `false` when the run is no longer as it was read.
    func stop(_ run: RunRecord, by stop: RunStop, at time: Timestamp) async throws(StoreError) -> Bool

    /// Takes the key unless it is taken.
    ///
    /// - Returns: the claim that stands: this one, or the one before.
    func claim(_ claim: IdempotencyClaim) async throws(StoreError) -> IdempotencyClaim

    /// Notes that the run of a claim was made.
    func settle(_ claim: IdempotencyClaim) async throws(StoreError)

    /// The slots of a job from `slot` on that have a run already, at most some thousands: what the Scheduler has begun, whether it
    /// has moved the job on or not.
    func begunSlots(of job: JobName, from slot: Timestamp) async throws(StoreError) -> Set<Timestamp>
}
