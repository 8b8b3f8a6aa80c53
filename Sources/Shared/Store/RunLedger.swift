// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The runs, as the Scheduler sees them.
///
/// Every verb may be repeated after an error: ids and guards make it harmless.
package protocol RunLedger: Sendable {
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
}

/// Notes that the broker confirmed the action of a run.
package struct PublishedMark: Hashable, Sendable {
    /// The run.
    package let id: RunID
    /// What was confirmed; it is noted only while the run's status still calls for it.
    package let action: RunAction
    /// The attempt that it was for.
    package let attempt: Int
    /// When it was confirmed.
    package let publishedAt: Timestamp
    /// The run's new deadline; `nil` = none.
    package let deadline: Timestamp?

    package init(id: RunID, action: RunAction, attempt: Int, publishedAt: Timestamp, deadline: Timestamp?) {
        self.id = id
        self.action = action
        self.attempt = attempt
        self.publishedAt = publishedAt
        self.deadline = deadline
    }
}
