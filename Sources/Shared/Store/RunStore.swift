// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The runs, as the Scheduler sees them.
///
/// Every verb may be repeated after an error: ids and guards make it harmless.
package protocol RunStore: Sendable {
    /// Stores new runs. Where the slot (job and `scheduledTime`, trigger `schedule`) has a run already, that one is
    /// adopted instead: its `lockEpoch` is raised to the new run's, by an update that never lowers it.
    ///
    /// - Returns: one run per given run, in the same order, as stored.
    func insertOrAdopt(_ runs: [Run]) async throws(StoreError) -> [Run]

    /// Deletes those of `runs` that are still as this owner made them: pending, never published, same
    /// `lockEpoch` and `revision`.
    func withdraw(_ runs: [Run]) async throws(StoreError)

    /// Notes confirmed actions: sets `publishedAt` and `deadline` where the status, the attempt and the missing
    /// `publishedAt` still call for it; the rest is left alone. Does not touch the revision.
    func markPublished(_ marks: [PublishedMark]) async throws(StoreError)

    /// Applies guarded updates, independently of each other.
    ///
    /// - Returns: one outcome per update, in the same order.
    func update(_ updates: [RunUpdate]) async throws(StoreError) -> [RunUpdateOutcome]

    /// Those of `ids` that exist, in any order.
    func runs(_ ids: [RunID]) async throws(StoreError) -> [Run]

    /// Runs whose `deadline` is not after `time`, whoever owns their job, ordered by deadline, then id.
    /// `after` is the last run of the page before; `nil` = from the start.
    func dueRuns(notAfter time: Timestamp, after: Run?, limit: Int) async throws(StoreError) -> [Run]

    /// Runs of these jobs that are not ended, not waiting (unless for a job that was deleted: their turn never comes), and
    /// have no `deadline` or no `publishedAt`: what a new owner must look at. Ordered by id.
    /// `after` is the last id of the page before; `nil` = from the start.
    func unsettledRuns(of jobs: [JobName], after: RunID?, limit: Int) async throws(StoreError) -> [Run]

    /// Runs of these jobs that are not ended, ordered by id.
    ///
    /// `after` is the last id of the page before; `nil` = from the start.
    func activeRuns(of jobs: [JobName], after: RunID?, limit: Int) async throws(StoreError) -> [Run]

    /// The slots of these jobs that have a run already although the job has not been moved past them: what an owner that
    /// died, or a try that failed, has begun.
    ///
    /// `cursors` gives each job's `nextRunAt`; only slots from there on count, at most ten thousand for
    /// each hundred jobs.
    func begunSlots(from cursors: [JobName: Timestamp]) async throws(StoreError) -> [JobName: Set<Timestamp>]

    /// Counts what these jobs' runs are doing; a job without runs that are not ended is left out.
    ///
    /// Runs of a deleted job of the same name (``Run/isRetired``) do not count.
    func activity(of jobs: [JobName]) async throws(StoreError) -> [JobName: JobActivity]
}
