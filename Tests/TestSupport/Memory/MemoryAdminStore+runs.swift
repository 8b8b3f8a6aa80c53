// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MemoryAdminStore {
    package func run(_ id: RunID) async throws(StoreError) -> RunRecord? { try with { $0.runs[id] } }

    package func begunSlots(from cursors: [JobName: Timestamp]) async throws(StoreError) -> [JobName: Set<Timestamp>] {
        try with { state in
            var begun: [JobName: Set<Timestamp>] = [:]
            for run in state.runs.values where run.trigger == .schedule && !state.retiredRuns.contains(run.id) {
                guard let slot = run.scheduledTime, let cursor = cursors[run.jobName], slot >= cursor else { continue }
                begun[run.jobName, default: []].insert(slot)
            }
            return begun
        }
    }

    package func runs(_ filter: RunFilter, after id: RunID?, limit: Int) async throws(StoreError) -> Page<RunRecord> {
        try with { state in
            let found = state.runs.values.sorted { $0.id > $1.id }.filter { run in
                (id.map { run.id < $0 } ?? true) && filter.passes(run)
            }
            return Page(Array(found.prefix(limit)), hasMore: found.count > limit)
        }
    }

    package func pendingRuns(of job: JobName, limit: Int) async throws(StoreError) -> Int {
        try with { state in
            let deletedAt = state.deletions[job]?.deletedAt ?? .earliest
            let pending = state.runs.values.filter {
                $0.jobName == job && $0.status == .pending && $0.createdTime > deletedAt
                    && !state.retiredRuns.contains($0.id)
            }
            return min(limit, pending.count)
        }
    }

    package func insert(_ run: ManualRun) async throws(StoreError) -> Bool {
        try with { state in
            intrude(&state)
            guard state.runs[run.id] == nil else { return false }
            var record = RunRecord(id: run.id, jobName: run.jobName, status: .pending, createdTime: run.createdTime)
            record.payload = run.payload
            state.runs[run.id] = record
            return true
        }
    }

    package func stop(_ run: RunRecord, by stop: RunStop, at time: Timestamp) async throws(StoreError) -> Bool {
        try with { state in
            intrude(&state)
            guard stop == .end || stop == .tell, var stored = state.runs[run.id], stored.status == run.status,
                stored.attempt == run.attempt, stored.revision == run.revision, stop == .tell || !stored.isPublished
            else { return false }
            stored.status = stop == .end ? .cancelled : .cancelling
            if stop == .end {
                stored.endTime = time
                stored.isWaiting = false
                stored.retryAt = nil
            } else {
                stored.isPublished = false
            }
            stored.revision += 1
            state.runs[run.id] = stored
            return true
        }
    }
}

extension RunFilter {
    /// What a filter says about one run, in plain words.
    package func passes(_ run: RunRecord) -> Bool {
        func isBefore(_ time: Timestamp?, _ limit: Timestamp?) -> Bool {
            guard let limit else { return true }
            return time.map { $0 < limit } ?? false
        }
        return jobName.map { $0 == run.jobName } ?? true && (statuses.isEmpty || statuses.contains(run.status))
            && isBefore(run.createdTime, createdBefore) && isBefore(run.startTime, startedBefore)
            && isBefore(run.heartbeat, heartbeatBefore)
    }
}
