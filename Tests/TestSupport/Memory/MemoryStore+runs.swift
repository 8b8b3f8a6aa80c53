// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MemoryStore {
    package func insertOrAdopt(_ runs: [Run]) async throws(StoreError) -> [Run] {
        access { state, _ in
            runs.map { run in
                let occupant = state.runs[run.id]?.id ?? MemoryStoreState.Slot(run).flatMap { state.slots[$0] }
                guard let occupant, var existing = state.runs[occupant] else {
                    state.put(run)
                    return run
                }
                if existing.lockEpoch < run.lockEpoch {
                    existing.lockEpoch = run.lockEpoch
                    state.put(existing)
                }
                return existing
            }
        }
    }

    package func withdraw(_ runs: [Run]) async throws(StoreError) {
        access { state, _ in
            for run in runs {
                guard let stored = state.runs[run.id], stored.status == .pending, stored.publishedAt == nil,
                    stored.lockEpoch == run.lockEpoch, stored.revision == run.revision
                else { continue }
                state.remove(stored)
            }
        }
    }

    package func markPublished(_ marks: [PublishedMark]) async throws(StoreError) {
        access { state, _ in
            for mark in marks {
                guard var run = state.runs[mark.id], run.unpublishedAction == mark.action, run.attempt == mark.attempt
                else { continue }
                run.publishedAt = mark.publishedAt
                run.deadline = mark.deadline
                state.put(run)
            }
        }
    }

    package func update(_ updates: [RunUpdate]) async throws(StoreError) -> [RunUpdateOutcome] {
        access { state, _ in
            updates.map { update in
                guard let stored = state.runs[update.before.id] else { return .conflict }
                let before = update.before
                guard stored.status == before.status, stored.attempt == before.attempt,
                    stored.revision == before.revision, !update.mustBeUnpublished || stored.publishedAt == nil
                else {
                    var expected = stored.applying(update)
                    expected.revision = before.revision + 1
                    return expected == stored && stored.status == update.after.status
                        && stored.attempt == update.after.attempt ? .applied : .conflict
                }
                var run = stored.applying(update)
                run.revision += 1
                state.put(run)
                return .applied
            }
        }
    }

    package func callbackKey(orElse fresh: CallbackKey) async throws(StoreError) -> CallbackKey {
        access { state, _ in
            let key = state.callbackKey ?? fresh
            state.callbackKey = key
            return key
        }
    }

    package func runs(_ ids: [RunID]) async throws(StoreError) -> [Run] {
        access { state, _ in Set(ids).sorted().compactMap { state.runs[$0] } }
    }

    package func dueRuns(notAfter time: Timestamp, after: Run?, limit: Int) async throws(StoreError) -> [Run] {
        access { state, _ in
            let position = after.flatMap { run in run.deadline.map { ($0, run.id) } }
            let due = state.withDeadline.compactMap { id -> (Timestamp, Run)? in
                guard let run = state.runs[id], let deadline = run.deadline, deadline <= time else { return nil }
                if let position, (deadline, id) <= position { return nil }
                return (deadline, run)
            }
            return Array(due.sorted { ($0.0, $0.1.id) < ($1.0, $1.1.id) }.map(\.1).prefix(max(0, limit)))
        }
    }

    package func unsettledRuns(of jobs: [JobName], after: RunID?, limit: Int) async throws(StoreError) -> [Run] {
        access { state, _ in
            let unsettled = Set(jobs).flatMap { job in
                state.openRuns(of: job).filter { run in
                    (!run.isWaiting || run.isRetired) && (run.deadline == nil || run.publishedAt == nil)
                        && after.map { run.id > $0 } ?? true
                }
            }
            return Array(unsettled.sorted { $0.id < $1.id }.prefix(max(0, limit)))
        }
    }

    package func activeRuns(of jobs: [JobName], after: RunID?, limit: Int) async throws(StoreError) -> [Run] {
        access { state, _ in
            let active = Set(jobs).flatMap { job in
                state.openRuns(of: job).filter { run in after.map { run.id > $0 } ?? true }
            }
            return Array(active.sorted { $0.id < $1.id }.prefix(max(0, limit)))
        }
    }

    package func poolsInUse() async throws(StoreError) -> Set<PoolName> {
        access { state, _ in
            Set(state.runs.values.filter { !$0.status.isFinal }.compactMap { $0.workers?.pool })
        }
    }

    package func jobsWithOwnWorkers(among jobs: [JobName]) async throws(StoreError) -> Set<JobName> {
        access { state, _ in
            Set(jobs.filter { job in state.openRuns(of: job).contains { $0.addressee == .job(job) } })
        }
    }

    package func begunSlots(
        from cursors: [JobName: Timestamp]
    ) async throws(StoreError) -> [JobName: Set<Timestamp>] {
        access { state, _ in
            var begun: [JobName: Set<Timestamp>] = [:]
            for run in state.runs.values where run.trigger == .schedule && !run.isRetired {
                guard let slot = run.scheduledTime, let cursor = cursors[run.jobName], slot >= cursor else { continue }
                begun[run.jobName, default: []].insert(slot)
            }
            return begun
        }
    }

    package func activity(of jobs: [JobName]) async throws(StoreError) -> [JobName: JobActivity] {
        access { state, _ in
            var activity: [JobName: JobActivity] = [:]
            for job in jobs {
                let open = state.openRuns(of: job).filter { !$0.isRetired }
                guard !open.isEmpty else { continue }
                activity[job] = JobActivity(
                    active: open.count(where: \.isActive), pending: open.count { $0.status == .pending },
                    waiting: open.count(where: \.isWaiting),
                    oldestWaiting: open.first { $0.isWaiting && !$0.isUnseen } ?? open.first(where: \.isWaiting))
            }
            return activity
        }
    }
}

extension Run {
    /// With the fields that the update changes; the others stay as they are stored.
    fileprivate func applying(_ update: RunUpdate) -> Run {
        var run = self
        func copy<Value: Equatable>(_ field: WritableKeyPath<Run, Value>) {
            let value = update.after[keyPath: field]
            if value != update.before[keyPath: field] { run[keyPath: field] = value }
        }
        copy(\.status)
        copy(\.createdTime)
        copy(\.startTime)
        copy(\.endTime)
        copy(\.heartbeat)
        copy(\.scheduledTime)
        copy(\.attempt)
        copy(\.trigger)
        copy(\.payload)
        copy(\.progress)
        copy(\.error)
        copy(\.result)
        copy(\.attempts)
        copy(\.retryAt)
        copy(\.isRetired)
        copy(\.isWaiting)
        copy(\.publishedAt)
        copy(\.isByHTTP)
        copy(\.accepted)
        copy(\.workers)
        copy(\.cancelledAt)
        copy(\.deadline)
        copy(\.lockEpoch)
        if update.after.notes != update.before.notes { run.note(update.after.notes) }
        return run
    }
}
