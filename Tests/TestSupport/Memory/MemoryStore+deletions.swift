// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MemoryStore {
    package func deletions(after: JobName?, limit: Int) async throws(StoreError) -> [Deletion] {
        access { state, _ in
            let all = state.deletions.values.map(\.deletion).sorted { $0.jobName < $1.jobName }
            return Array(all.filter { deletion in after.map { deletion.jobName > $0 } ?? true }.prefix(max(0, limit)))
        }
    }

    package func deletions(of names: [JobName]) async throws(StoreError) -> [Deletion] {
        access { state, _ in Set(names).sorted().compactMap { state.deletions[$0]?.deletion } }
    }

    package func noteDeletion(_ deletion: Deletion) async throws(StoreError) {
        access { state, now in
            guard state.deletions[deletion.jobName] == nil else { return }
            state.put(
                MemoryStoreDeletion(
                    Deletion(
                        jobName: deletion.jobName, deletedAt: min(now, deletion.deletedAt),
                        heartbeatTimeout: deletion.heartbeatTimeout,
                        lockEpoch: deletion.lockEpoch)))
        }
    }

    package func retireRuns(of deletion: Deletion) async throws(StoreError) -> Bool {
        access { state, _ in
            state.retire(deletion.jobName) { deletion.isMeant($0) }
            return true
        }
    }

    package func claimRemoval(
        of deletion: Deletion, by manager: ManagerID, staleAfter: Duration
    ) async throws(StoreError) -> Bool {
        access { state, now in
            guard var stored = state.deletions[deletion.jobName],
                stored.deletion.deletedAt == deletion.deletedAt
            else { return false }
            let isStale = stored.removerAt.map { $0 <= now - staleAfter } ?? true
            guard stored.deletion.remover == nil || stored.deletion.remover == manager || isStale else { return false }
            stored.setRemover(manager, at: now)
            state.put(stored)
            return true
        }
    }

    package func unclaimRemoval(of deletion: Deletion, by manager: ManagerID) async throws(StoreError) {
        access { state, now in
            guard var stored = state.deletions[deletion.jobName], stored.deletion.remover == manager else { return }
            stored.setRemover(nil, at: now)
            state.put(stored)
        }
    }

    package func forgetDeletion(_ deletion: Deletion, by manager: ManagerID) async throws(StoreError) {
        access { state, _ in
            guard let stored = state.deletions[deletion.jobName], stored.deletion.remover == manager,
                stored.deletion.deletedAt == deletion.deletedAt
            else { return }
            state.remove(stored)
        }
    }

    package func pruneRuns(ofJobsAfter name: String?, limit: Int) async throws(StoreError) -> PrunedRuns {
        access { state, now in
            let names = state.names(after: name).filter { (state.jobs[$0]?.job.retention ?? .zero) > .zero }
            var count = 0
            for job in names.prefix(100).compactMap({ state.jobs[$0]?.job }) {
                let old = state.runs.values.filter { run in
                    run.jobName == job.name && run.status.isFinal
                        && run.endTime.map { $0 <= now - job.retention } ?? false
                        && (run.scheduledTime == nil || job.nextRunAt == nil
                            || run.scheduledTime ?? .latest < job.nextRunAt ?? .latest)
                }
                for run in old.sorted(by: { $0.id < $1.id }) {
                    guard count < limit else { return PrunedRuns(count: count, position: name ?? "") }
                    state.prune(run)
                    count += 1
                }
            }
            if count >= limit { return PrunedRuns(count: count, position: name ?? "") }
            return PrunedRuns(count: count, position: names.count <= 100 ? nil : names.prefix(100).last)
        }
    }
}

extension Deletion {
    /// Whether the run is the deleted job's.
    fileprivate func isMeant(_ run: Run) -> Bool {
        run.createdTime <= deletedAt
            || run.trigger == .schedule && run.lockEpoch >= 1 && run.lockEpoch <= lockEpoch
    }
}

extension MemoryStoreState {
    /// Whether there was a job of the name before, as far as anything is left of it.
    func isUsed(_ name: JobName) -> Bool {
        deletions[name] != nil || runs.values.contains { $0.jobName == name }
    }

    /// Cuts off from a new job, before its first lock, what an earlier one of the name has left.
    mutating func cutOff(_ job: inout KeptJob, named name: JobName) {
        let deletion = deletions[name]?.deletion
        let highest = retire(name) { run in
            run.lockEpoch >= 1 && (deletion == nil || run.trigger != .manual) || deletion?.isMeant(run) ?? false
        }
        job.lockEpoch = max(job.lockEpoch, max(highest, deletion?.lockEpoch ?? 0) + 1)
    }

    /// Marks those runs of a deleted job that are not ended or hold a slot; gives the highest epoch among them.
    @discardableResult
    mutating func retire(_ name: JobName, where isOld: (Run) -> Bool) -> Int64 {
        let found = runs.values.filter { run in
            run.jobName == name && isOld(run) && !run.isRetired && (!run.status.isFinal || Slot(run) != nil)
        }
        for var run in found.sorted(by: { $0.id < $1.id }) {
            run.isRetired = true
            put(run)
        }
        return found.map(\.lockEpoch).max() ?? 0
    }
}
