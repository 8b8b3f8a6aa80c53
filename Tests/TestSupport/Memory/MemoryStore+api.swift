// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// What the API writes: the same guarded updates, for simulations.
extension MemoryStore {
    /// Inserts a job under a free name; gives whether it did.
    package func make(_ job: Job) -> Bool {
        access { state, _ in
            guard state.jobs[job.name.text] == nil else { return false }
            var stored = KeptJob(job)
            stored.isNew = true
            state.put(stored)
            return true
        }
    }

    /// Stores an edit, under the guards of the real store; gives whether it did.
    package func apply(_ edit: JobEdit) -> Bool {
        access { state, now in
            guard var job = state.jobs[edit.before.name.text], let read = edit.before.job,
                job.edition == edit.before.edition, edit.until.map({ now < $0 }) ?? true
            else { return false }
            let stored = job.job
            guard
                edit.guarded.isDisjoint(with: ["nextRunAt"])
                    || stored.hasRule(of: read) && stored.nextRunAt == read.nextRunAt
            else { return false }
            var after = edit.after
            if !edit.changed.contains("nextRunAt") { after.nextRunAt = stored.nextRunAt }
            if !edit.changed.contains("enabled") { after.isEnabled = stored.isEnabled }
            job.job = after
            job.edition = edit.before.edition + 1
            job.record(edit.skips)
            state.put(job)
            return true
        }
    }

    /// Writes the tombstone of a job: the first half of a deletion.
    package func writeTombstone(of name: JobName) {
        access { state, now in
            guard let job = state.jobs[name.text] else { return }
            let old = state.deletions[name]?.deletion
            var stone = MemoryStoreDeletion(
                Deletion(
                    jobName: name, deletedAt: now, heartbeatTimeout: job.job.heartbeatTimeout,
                    lockEpoch: max(job.lockEpoch, old?.lockEpoch ?? 0)))
            if let remover = old?.remover { stone.setRemover(remover, at: now) }
            state.put(stone)
        }
    }

    /// Deletes a job's document: the second half of a deletion.
    ///
    /// After a tombstone only while that says all of the job; `false` = somebody has locked it since.
    @discardableResult
    package func delete(_ name: JobName, isBuried: Bool = false) -> Bool {
        access { state, _ in
            guard let job = state.jobs[name.text] else { return true }
            if isBuried, let stone = state.deletions[name]?.deletion, stone.lockEpoch < job.lockEpoch { return false }
            state.remove(job)
            return true
        }
    }

    /// Inserts a manual run, as it is before any Scheduler has seen it.
    package func trigger(_ name: JobName, id: RunID, payload: JSONValue? = nil) {
        access { state, now in
            guard state.jobs[name.text] != nil else { return }
            var run = Run(
                id: id, jobName: name, createdTime: now, scheduledTime: nil, trigger: .manual, deadline: now)
            run.payload = payload
            state.put(run)
        }
    }

    /// Cancels a run: at once where no worker can know of it, otherwise by asking its owner to.
    package func cancel(_ id: RunID) {
        access { state, now in
            guard var run = state.runs[id], !run.status.isFinal, run.status != .cancelling else { return }
            let isUntouched = run.trigger == .manual && run.revision == 0 && run.publishedAt == nil
            run.revision += 1
            if run.status == .pending, run.isWaiting || run.isBackingOff || isUntouched {
                run.status = .cancelled
                run.endTime = now
                run.isWaiting = false
                run.retryAt = nil
                run.deadline = nil
            } else {
                run.status = .cancelling
                run.cancelledAt = now
                run.publishedAt = nil
                run.deadline = now
            }
            state.put(run)
        }
    }
}
