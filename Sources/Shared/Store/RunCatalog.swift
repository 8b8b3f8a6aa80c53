// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The runs, as the API shows, makes and stops them.
package protocol RunCatalog: SlotLookup {
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
}

/// Which runs a list shows; every condition narrows it.
package struct RunFilter: Hashable, Sendable {
    /// Of this job only.
    package var jobName: JobName?
    /// In one of these statuses; empty = in any.
    package var statuses: Set<RunStatus> = []
    /// Made before this.
    package var createdBefore: Timestamp?
    /// Started before this; leaves out what has not started.
    package var startedBefore: Timestamp?
    /// Last heard of before this; leaves out what was never heard of.
    package var heartbeatBefore: Timestamp?

    /// All runs.
    package init() {}
}

/// A run that somebody asks for.
package struct ManualRun: Hashable, Sendable {
    /// Made by the caller, so that the insert can be repeated.
    package let id: RunID
    /// The job.
    package let jobName: JobName
    /// The time of the request, by the cluster's clock.
    package let createdTime: Timestamp
    /// In the place of the job's payload; `nil` = the job's.
    package let payload: JSONValue?

    package init(id: RunID, jobName: JobName, createdTime: Timestamp, payload: JSONValue?) {
        self.id = id
        self.jobName = jobName
        self.createdTime = createdTime
        self.payload = payload
    }
}

/// Ties an idempotency key to the one run that it makes; kept for a day, or until the job is deleted.
package struct IdempotencyClaim: Hashable, Sendable {
    /// Stands for subject, job and key; hexadecimal.
    package let key: String
    /// Whose run it is.
    package let jobName: JobName
    /// Stands for the body; hexadecimal.
    package let body: String
    /// The run that the first to claim the key makes.
    package let runID: RunID
    /// Whether that run was made: then it is never made again, even when it was pruned since.
    package var isDone: Bool

    package init(key: String, jobName: JobName, body: String, runID: RunID, isDone: Bool = false) {
        self.key = key
        self.jobName = jobName
        self.body = body
        self.runID = runID
        self.isDone = isDone
    }
}
