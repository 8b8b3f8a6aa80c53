// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport

/// The database of a history: as a process sees it, as users and the API change it, and as it stands.
protocol SimDatabase: Sendable {
    /// Whether Scheduler, Custodian and API are one process.
    var isStandalone: Bool { get }
    /// Whether the API can be reached.
    var isUp: Bool { get }

    func view(_ process: SimProcess, _ time: SimTime, _ faults: FaultPlan) -> any SchedulerStore & Housekeeping

    /// A process has it now.
    func take()
    /// The process that had it has ended, by a crash or properly.
    func leave(crashed: Bool)

    func snapshot() -> MemoryStoreSnapshot
    /// Stores a definition as somebody does it who has a shell of the database.
    func put(_ job: KeptJob)
    /// A job as the API reads it for an edit.
    func record(of job: KeptJob) -> JobRecord

    // As the API does it; `false` when it did not.
    func make(_ job: Job) -> Bool
    func apply(_ edit: JobEdit) -> Bool
    func trigger(_ name: JobName, id: RunID)
    func cancel(_ id: RunID)
    /// The first half of a deletion; where both are one, it only makes the second half one of the API.
    func writeTombstone(of name: JobName)
    /// `false` = the job was locked since its tombstone.
    func delete(_ name: JobName, isBuried: Bool) -> Bool
}

/// Over the store in memory, which several processes share.
struct SimMemory: SimDatabase {
    let store: MemoryStore
    let checker: InvariantChecker

    var isStandalone: Bool { false }
    var isUp: Bool { true }

    func view(_ process: SimProcess, _ time: SimTime, _ faults: FaultPlan) -> any SchedulerStore & Housekeeping {
        SimStore(base: store, process: process, time: time, faults: faults, checker: checker)
    }

    func take() {}
    func leave(crashed: Bool) {}
    func snapshot() -> MemoryStoreSnapshot { store.snapshot() }
    func put(_ job: KeptJob) { store.put(job) }
    func record(of job: KeptJob) -> JobRecord { MemoryAdminStore.record(job.job, edition: job.edition) }
    func make(_ job: Job) -> Bool { store.make(job) }
    func apply(_ edit: JobEdit) -> Bool { store.apply(edit) }
    func trigger(_ name: JobName, id: RunID) { store.trigger(name, id: id) }
    func cancel(_ id: RunID) { store.cancel(id) }
    func writeTombstone(of name: JobName) { store.writeTombstone(of: name) }
    func delete(_ name: JobName, isBuried: Bool) -> Bool { store.delete(name, isBuried: isBuried) }
}
