// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MemoryStore {
    package func unlockedJobs(after name: String?, limit: Int) async throws(StoreError) -> [StoredJob] {
        access { state, _ in
            var jobs: [StoredJob] = []
            for key in state.names(after: name) where jobs.count < limit {
                if let job = state.jobs[key], job.managerID == nil { jobs.append(.valid(job.owned)) }
            }
            return jobs
        }
    }

    package func lock(_ names: [JobName], for manager: ManagerID) async throws(StoreError) -> [OwnedJob] {
        access { state, _ in
            var room = mostUsedNames
            return Set(names).sorted().compactMap { name in
                guard var job = state.jobs[name.text] else { return nil }
                if job.managerID == manager { return state.locked(job) }
                guard job.managerID == nil else { return nil }
                if job.isNew, state.isUsed(name) {
                    room -= 1
                    guard room >= 0 else { return nil }
                    state.cutOff(&job, named: name)
                }
                job.isNew = false
                job.managerID = manager
                job.lockEpoch += 1
                state.noteLock(of: job)
                job.ownerLostAt = nil
                state.put(job)
                return state.locked(job)
            }
        }
    }

    package func disable(_ name: JobName, lockEpoch: Int64) async throws(StoreError) -> Bool {
        access { state, _ in
            guard var job = state.jobs[name.text], job.job.isEnabled, job.lockEpoch == lockEpoch else { return false }
            job.job.isEnabled = false
            state.put(job)
            return true
        }
    }

    package func remove(_ jobs: [OwnedJob], onlyIfDone: Bool) async throws(StoreError) -> Set<JobName> {
        access { state, _ in
            let over = jobs.filter { owned in
                guard let job = state.jobs[owned.job.name.text], job.lockEpoch == owned.lockEpoch else { return false }
                return !onlyIfDone
                    || job.job.nextRunAt == nil && state.openRuns(of: owned.job.name).allSatisfy(\.isRetired)
            }
            for owned in over { if let job = state.jobs[owned.job.name.text] { state.remove(job) } }
            return Set(over.map(\.job.name))
        }
    }

    package func jobs(lockedBy manager: ManagerID) async throws(StoreError) -> [StoredJob] {
        access { state, _ in state.jobsInOrder.filter { $0.managerID == manager }.map { .valid($0.owned) } }
    }

    package func jobs(named names: [JobName]) async throws(StoreError) -> [StoredJob] {
        access { state, _ in Set(names).sorted().compactMap { state.jobs[$0.text].map { .valid($0.owned) } } }
    }

    package func advance(_ steps: [JobAdvance]) async throws(StoreError) -> Set<JobName> {
        access { state, _ in
            var moved: Set<JobName> = []
            for step in steps {
                guard var job = state.jobs[step.name.text] else { continue }
                guard job.managerID == step.managerID, job.lockEpoch == step.lockEpoch else { continue }
                let definition = job.job
                if step.edition == nil || job.edition == step.edition, definition.nextRunAt == step.from,
                    definition.isEnabled || step.accountsForEdit,
                    step.endOf.map({ $0.schedule == definition.schedule && $0.endAt == definition.endAt }) ?? true
                {
                    job.job.nextRunAt = step.to
                    if step.accountsForEdit, let edition = step.editionAfter { job.edition = edition }
                    job.record(step.skips)
                    state.put(job)
                    moved.insert(step.name)
                } else if definition.nextRunAt == step.to, job.edition == step.editionAfter {
                    moved.insert(step.name)
                }
            }
            return moved
        }
    }
}
