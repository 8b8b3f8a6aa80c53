// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The jobs, as the API shows and edits them.
package protocol JobCatalog: Sendable {
    /// Stores a new job, marked as new: the Scheduler that locks it first sees to it that what a deleted one of the name has
    /// left does not touch it.
    ///
    /// - Returns: `false` when the name is taken; nothing was changed then.
    func create(_ job: Job) async throws(StoreError) -> Bool

    /// The job of that name; `withFields` also fills ``JobRecord/fields``, for an edit.
    func job(named name: JobName, withFields: Bool) async throws(StoreError) -> JobRecord?

    /// Usable jobs that have all of `labels`, in the order of their names' bytes, from after `name` on.
    ///
    /// Fewer than `limit` are returned when they would fill more than some megabytes.
    func jobs(after name: JobName?, labels: [String: String], limit: Int) async throws(StoreError) -> Page<JobRecord>

    /// Stores an edit and raises the edition by one, in one guarded update.
    ///
    /// - Returns: `false` when the job is no longer as it was read, or gone.
    func apply(_ edit: JobEdit) async throws(StoreError) -> Bool

    /// Deletes a job after leaving a note for those who end its runs and remove its queues.
    ///
    /// With `expected`, only while the edition is still that one.
    func delete(_ name: JobName, expected: JobRecord?) async throws(StoreError) -> JobDeletion
}

/// What became of a request to delete a job.
package enum JobDeletion: Hashable, Sendable {
    /// It is gone; a note for those who follow its runs to their end was stored before.
    case deleted
    /// There is none of that name.
    case missing
    /// It is no longer as it was read; nothing was changed.
    case conflict
}
