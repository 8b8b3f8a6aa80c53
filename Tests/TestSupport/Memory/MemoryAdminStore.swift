// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
package import Synchronization

/// The API's store in memory, with the guards of the real one; can be told to be away.
package final class MemoryAdminStore: AdminStore, StoreBackDoor {
    /// Everything that is stored.
    package struct State {
        package var jobs: [JobName: JobRecord] = [:]
        package var runs: [RunID: RunRecord] = [:]
        package var claims: [String: IdempotencyClaim] = [:]
        /// What every verb throws, if anything.
        package var failure: StoreError?
        /// Called once before the next edit, stop or new run is stored: somebody else comes first.
        package var intrusion: (@Sendable (inout State) -> Void)?
        package var managers: [ManagerID: KeptLease] = [:]
        /// What edits have recorded of slots that they took away.
        package var skips: [JobName: [SlotSkip]] = [:]
        var deletions: [JobName: Deletion] = [:]
        var retiredRuns: Set<RunID> = []
        var callbackKey: CallbackKey?
        /// Jobs that nobody has locked since they were made.
        var newJobs: Set<JobName> = []
    }

    /// For tests that look or reach in.
    package let state = Mutex(State())
    let now: @Sendable () -> Timestamp

    /// An empty store with this clock.
    package init(now: @escaping @Sendable () -> Timestamp = { Timestamp(millisecondsSinceEpoch: 0) }) {
        self.now = now
    }

    /// Reaches in.
    package func change<Value>(_ body: (inout sending State) throws -> sending Value) rethrows -> Value {
        try state.withLock { try body(&$0) }
    }

    func with<Value>(_ body: (inout State) -> Value) throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = state.withLock { state in
            if let failure = state.failure { return .failure(failure) }
            return .success(body(&state))
        }
        return try result.get()
    }

    func intrude(_ state: inout State) {
        let intrusion = state.intrusion
        state.intrusion = nil
        intrusion?(&state)
    }

    package func enforceDeadlines() async {}
    package func close() async {}
    package func prepare() async throws(StoreError) {}
    package func probe() async throws(StoreError) -> Timestamp { try with { _ in now() } }

    package func managers(timeout: Duration) async throws(StoreError) -> [ManagerRecord] {
        let fresh = now() - timeout
        return try with { state in
            state.managers.values.filter { !$0.isExpired && $0.heartbeat > fresh }.map { manager in
                ManagerRecord(
                    id: manager.id, hostname: manager.hostname, heartbeat: manager.heartbeat,
                    jobs: state.jobs.values.count { $0.managerID == manager.id })
            }.sorted { $0.id.value < $1.id.value }
        }
    }

    package func claim(_ claim: IdempotencyClaim) async throws(StoreError) -> IdempotencyClaim {
        try with { state in
            if let standing = state.claims[claim.key] { return standing }
            state.claims[claim.key] = claim
            return claim
        }
    }

    package func settle(_ claim: IdempotencyClaim) async throws(StoreError) {
        try with { $0.claims[claim.key]?.isDone = true }
    }
}

extension MemoryAdminStore {
    package func put(_ job: KeptJob) {
        state.withLock { state in
            var record = Self.record(job.job, edition: job.edition)
            (record.managerID, record.lockEpoch) = (job.managerID, job.lockEpoch)
            state.jobs[record.name] = record
            if job.isNew { state.newJobs.insert(record.name) } else { state.newJobs.remove(record.name) }
        }
    }

    package func put(_ runs: [Run]) {
        state.withLock { state in
            for run in runs {
                state.runs[run.id] = RunRecord(run)
                if run.isRetired { state.retiredRuns.insert(run.id) }
            }
        }
    }

    package func put(_ lease: KeptLease) {
        state.withLock { $0.managers[lease.id] = lease }
    }

    package func put(_ deletion: Deletion) {
        state.withLock { $0.deletions[deletion.jobName] = deletion }
    }

    package func job(kept name: JobName) -> KeptJob? {
        state.withLock { state in
            guard let record = state.jobs[name], let job = record.job else { return nil }
            var kept = KeptJob(job)
            (kept.managerID, kept.lockEpoch, kept.edition) = (record.managerID, record.lockEpoch, record.edition)
            kept.isNew = state.newJobs.contains(name)
            kept.skips = state.skips[name] ?? []
            return kept
        }
    }

    package func lease(_ id: ManagerID) -> KeptLease? {
        state.withLock { $0.managers[id] }
    }

    package func tombstone(of name: JobName) -> Deletion? {
        state.withLock { $0.deletions[name] }
    }
}
