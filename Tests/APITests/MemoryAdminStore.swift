// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization

/// The API's store in memory, with the guards of the real one; can be told to be away.
final class MemoryAdminStore: AdminStore {
    struct State {
        var jobs: [JobName: JobRecord] = [:]
        var runs: [RunID: RunRecord] = [:]
        var claims: [String: IdempotencyClaim] = [:]
        var failure: StoreError?
        /// Called once before the next edit or stop is stored: somebody else comes first.
        var intrusion: (@Sendable (inout State) -> Void)?
    }

    let state = Mutex(State())

    func change<Value>(_ body: (inout sending State) throws -> sending Value) rethrows -> Value {
        try state.withLock { try body(&$0) }
    }

    private func with<Value>(_ body: (inout State) -> Value) throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = state.withLock { state in
            if let failure = state.failure { return .failure(failure) }
            return .success(body(&state))
        }
        return try result.get()
    }

    func keepPatience() async {}
    func prepare() async throws(StoreError) {}
    func probe() async throws(StoreError) -> Timestamp { try with { _ in Timestamp(millisecondsSinceEpoch: 0) } }
    func managers(timeout: Duration) async throws(StoreError) -> [ManagerRecord] { try with { _ in [] } }

    func create(_ job: Job) async throws(StoreError) -> Bool {
        try with { state in
            guard state.jobs[job.name] == nil else { return false }
            state.jobs[job.name] = Self.record(job, edition: 0)
            return true
        }
    }

    func job(named name: JobName, withFields: Bool) async throws(StoreError) -> JobRecord? {
        try with { $0.jobs[name] }
    }

    func jobs(after name: JobName?, labels: [String: String], limit: Int) async throws(StoreError) -> Page<JobRecord> {
        try with { state in
            let found = state.jobs.values.sorted { $0.name < $1.name }.filter { record in
                (name.map { record.name > $0 } ?? true)
                    && labels.allSatisfy { record.job?.labels[$0.key] == $0.value }
            }
            return Page(Array(found.prefix(limit)), hasMore: found.count > limit)
        }
    }

    func apply(_ edit: JobEdit) async throws(StoreError) -> Bool {
        try with { state in
            let intrusion = state.intrusion
            state.intrusion = nil
            intrusion?(&state)
            guard let stored = state.jobs[edit.before.name], stored.edition == edit.before.edition,
                stored.job == edit.before.job
            else { return false }
            state.jobs[edit.before.name] = Self.record(edit.after, edition: stored.edition + 1)
            return true
        }
    }

    func delete(_ name: JobName, expected: JobRecord?) async throws(StoreError) -> JobDeletion {
        try with { state in
            guard let stored = state.jobs[name] else { return .missing }
            guard expected.map({ $0.edition == stored.edition }) ?? true else { return .conflict }
            state.jobs[name] = nil
            return .deleted
        }
    }

    func run(_ id: RunID) async throws(StoreError) -> RunRecord? { try with { $0.runs[id] } }

    func runs(_ filter: RunFilter, after id: RunID?, limit: Int) async throws(StoreError) -> Page<RunRecord> {
        try with { state in
            let found = state.runs.values.sorted { $0.id > $1.id }.filter { run in
                (id.map { run.id < $0 } ?? true) && (filter.jobName.map { run.jobName == $0 } ?? true)
                    && (filter.statuses.isEmpty || filter.statuses.contains(run.status))
            }
            return Page(Array(found.prefix(limit)), hasMore: found.count > limit)
        }
    }

    func pendingRuns(of job: JobName, limit: Int) async throws(StoreError) -> Int {
        try with { state in
            min(limit, state.runs.values.filter { $0.jobName == job && $0.status == .pending }.count)
        }
    }

    func insert(_ run: ManualRun) async throws(StoreError) {
        try with { state in
            guard state.runs[run.id] == nil else { return }
            var record = RunRecord(id: run.id, jobName: run.jobName, status: .pending, createdTime: run.createdTime)
            record.payload = run.payload
            state.runs[run.id] = record
        }
    }

    func stop(_ run: RunRecord, by stop: RunStop, at time: Timestamp) async throws(StoreError) -> Bool {
        try with { state in
            let intrusion = state.intrusion
            state.intrusion = nil
            intrusion?(&state)
            guard var stored = state.runs[run.id], stored.status == run.status, stored.revision == run.revision else {
                return false
            }
            stored.status = stop == .end ? .cancelled : .cancelling
            stored.endTime = stop == .end ? time : nil
            stored.revision += 1
            state.runs[run.id] = stored
            return true
        }
    }

    func claim(_ claim: IdempotencyClaim) async throws(StoreError) -> IdempotencyClaim {
        try with { state in
            if let standing = state.claims[claim.key] { return standing }
            state.claims[claim.key] = claim
            return claim
        }
    }

    func settle(_ claim: IdempotencyClaim) async throws(StoreError) {
        try with { $0.claims[claim.key]?.isDone = true }
    }

    /// The fields as a document would have them.
    static func record(_ job: Job, edition: Int64) -> JobRecord {
        let fields = Dictionary(
            job.jsonFields.map { ($0.name, FieldValue.json($0.value)) }, uniquingKeysWith: { first, _ in first })
        return JobRecord(name: job.name, job: job, fields: fields, edition: edition)
    }
}
