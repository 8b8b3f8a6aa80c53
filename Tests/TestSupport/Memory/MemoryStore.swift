// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared
import Synchronization

/// The store in memory: the same promises as the real one, exactly, over a clock that the test moves.
///
/// Nothing in it waits or switches tasks, and no order of a dictionary shows in a result, so a run with the same calls
/// gives the same results. Safe from any task.
package final class MemoryStore: SchedulerStore, SteppedSlotLedger, Housekeeping, StoreBackDoor {
    private let state = Mutex(MemoryStoreState())
    /// How many new jobs whose names were used before a lock call takes.
    let mostUsedNames: Int
    private let now: @Sendable () -> Timestamp
    private let onChange: @Sendable (MemoryStoreChange) -> Void

    /// Makes an empty store.
    ///
    /// `now` is the server's clock. `onChange` is called after each verb for each value that it wrote, in the order of
    /// the writes, by the task that called the verb; it may call the store.
    package init(
        now: @escaping @Sendable () -> Timestamp, mostUsedNames: Int = 50,
        onChange: @escaping @Sendable (MemoryStoreChange) -> Void = { _ in }
    ) {
        self.mostUsedNames = mostUsedNames
        self.now = now
        self.onChange = onChange
    }

    /// Everything that is stored.
    package func snapshot() -> MemoryStoreSnapshot {
        state.withLock { state in
            MemoryStoreSnapshot(
                jobs: state.jobs.values.sorted { $0.id.utf8.lexicographicallyPrecedes($1.id.utf8) },
                runs: state.runs.values.sorted { $0.id < $1.id },
                managers: state.managers.values.sorted { $0.id < $1.id },
                deletions: state.deletions.values.map(\.deletion).sorted { $0.jobName < $1.jobName })
        }
    }

    /// Stores an unlocked job, in the place of one of the same name.
    package func put(_ job: Job) {
        put(KeptJob(job))
    }

    /// Works on the data at the server's current time, then reports what was written.
    func access<Result: Sendable>(
        _ body: (inout MemoryStoreState, Timestamp) throws(StoreError) -> Result
    ) throws(StoreError) -> Result {
        let time = now()
        var changes: [MemoryStoreChange] = []
        let result: Swift.Result<Result, StoreError> = state.withLock { state in
            let result = Swift.Result { () throws(StoreError) in try body(&state, time) }
            changes = state.takeChanges()
            return result
        }
        for change in changes { onChange(change) }
        return try result.get()
    }

    /// The same for what cannot fail.
    func access<Result: Sendable>(_ body: (inout MemoryStoreState, Timestamp) -> Result) -> Result {
        let time = now()
        var changes: [MemoryStoreChange] = []
        let result = state.withLock { state in
            let result = body(&state, time)
            changes = state.takeChanges()
            return result
        }
        for change in changes { onChange(change) }
        return result
    }
}

extension MemoryStore {
    package func put(_ job: KeptJob) {
        access { state, _ in state.put(job) }
    }

    package func put(_ runs: [Run]) {
        access { state, _ in
            for run in runs { state.put(run) }
        }
    }

    package func put(_ lease: KeptLease) {
        access { state, _ in state.put(lease) }
    }

    package func put(_ deletion: Deletion) {
        access { state, _ in state.put(MemoryStoreDeletion(deletion)) }
    }

    package func job(kept name: JobName) -> KeptJob? {
        access { state, _ in state.jobs[name.text] }
    }

    package func lease(_ id: ManagerID) -> KeptLease? {
        access { state, _ in state.managers[id] }
    }

    package func tombstone(of name: JobName) -> Deletion? {
        access { state, _ in state.deletions[name]?.deletion }
    }
}

extension KeptJob {
    /// As a read returns it.
    var owned: OwnedJob {
        OwnedJob(
            job: job, managerID: managerID, lockEpoch: lockEpoch, wasTakenFromDeadOwner: ownerLostAt != nil,
            isNew: isNew, edition: edition)
    }
}

/// Everything in a ``MemoryStore`` at one moment, each list in the order of its keys.
package struct MemoryStoreSnapshot: Hashable, Sendable {
    /// The jobs.
    package let jobs: [KeptJob]
    /// The runs.
    package let runs: [Run]
    /// The leases.
    package let managers: [KeptLease]
    /// The tombstones.
    package let deletions: [Deletion]

    package init(jobs: [KeptJob], runs: [Run], managers: [KeptLease], deletions: [Deletion]) {
        self.jobs = jobs
        self.runs = runs
        self.managers = managers
        self.deletions = deletions
    }

    /// How many slots of a job have a run.
    package func slotCount(of job: JobName) -> Int {
        runs.count { $0.jobName == job && $0.trigger == .schedule && $0.scheduledTime != nil }
    }
}

/// One document after one write.
package enum MemoryStoreChange: Hashable, Sendable {
    /// A job was made or changed.
    case job(KeptJob)
    /// A run was made or changed.
    case run(Run)
    /// A run was withdrawn; as it stood.
    case runRemoved(Run)
    /// An ended run was deleted for its age; as it stood.
    case runPruned(Run)
    /// A job was deleted; as it stood.
    case jobRemoved(KeptJob)
    /// A tombstone was made or changed.
    case deletion(Deletion)
    /// A tombstone was removed; as it stood.
    case deletionRemoved(Deletion)
    /// A lease was made or changed.
    case manager(KeptLease)
    /// A lease was forgotten; as it stood.
    case managerRemoved(KeptLease)
}
