// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What is in ``MemoryStore`` and what makes them quick to find; a value, guarded by the store's lock.
struct MemoryStoreState {
    struct Slot: Hashable {
        let jobName: JobName
        let time: Timestamp

        init?(_ run: Run) {
            guard run.trigger == .schedule, !run.isRetired, let time = run.scheduledTime else { return nil }
            jobName = run.jobName
            self.time = time
        }
    }

    var callbackKey: CallbackKey?
    private(set) var jobs: [String: KeptJob] = [:]
    private(set) var runs: [RunID: Run] = [:]
    private(set) var managers: [ManagerID: KeptLease] = [:]
    private(set) var deletions: [JobName: MemoryStoreDeletion] = [:]
    /// The names of jobs in the order of their bytes.
    private(set) var names: [String] = []
    /// The jobs whose last lock found that they had been taken from a dead owner.
    private var lockedAfterLoss: Set<String> = []
    private(set) var slots: [Slot: RunID] = [:]
    /// The runs of a job that are not ended.
    private(set) var open: [JobName: Set<RunID>] = [:]
    private(set) var withDeadline: Set<RunID> = []
    /// What was written since the last take.
    private var changes: [MemoryStoreChange] = []

    mutating func put(_ job: KeptJob) {
        if jobs.updateValue(job, forKey: job.id) == nil {
            let place = Self.place(of: job.id, in: names)
            names.insert(job.id, at: place)
        }
        changes.append(.job(job))
    }

    /// Remembers what a lock finds, for whoever repeats it.
    mutating func noteLock(of job: KeptJob) {
        if job.ownerLostAt != nil { lockedAfterLoss.insert(job.id) } else { lockedAfterLoss.remove(job.id) }
    }

    /// As the lock returns it.
    func locked(_ job: KeptJob) -> OwnedJob {
        var owned = job.owned
        owned.wasTakenFromDeadOwner = lockedAfterLoss.contains(job.id)
        return owned
    }

    mutating func put(_ run: Run) {
        if let old = runs[run.id] { unlist(old) }
        runs[run.id] = run
        if let slot = Slot(run) { slots[slot] = run.id }
        if !run.status.isFinal { open[run.jobName, default: []].insert(run.id) }
        if run.deadline != nil { withDeadline.insert(run.id) }
        changes.append(.run(run))
    }

    mutating func remove(_ run: Run) {
        unlist(run)
        runs[run.id] = nil
        changes.append(.runRemoved(run))
    }

    mutating func prune(_ run: Run) {
        unlist(run)
        runs[run.id] = nil
        changes.append(.runPruned(run))
    }

    mutating func remove(_ job: KeptJob) {
        guard jobs.removeValue(forKey: job.id) != nil else { return }
        names.removeAll { $0 == job.id }
        changes.append(.jobRemoved(job))
    }

    mutating func put(_ deletion: MemoryStoreDeletion) {
        deletions[deletion.deletion.jobName] = deletion
        changes.append(.deletion(deletion.deletion))
    }

    mutating func remove(_ deletion: MemoryStoreDeletion) {
        deletions[deletion.deletion.jobName] = nil
        changes.append(.deletionRemoved(deletion.deletion))
    }

    mutating func put(_ manager: KeptLease) {
        managers[manager.id] = manager
        changes.append(.manager(manager))
    }

    mutating func remove(_ manager: KeptLease) {
        managers[manager.id] = nil
        changes.append(.managerRemoved(manager))
    }

    mutating func takeChanges() -> [MemoryStoreChange] {
        defer { changes = [] }
        return changes
    }

    /// The names after `name`, or all.
    func names(after name: String?) -> ArraySlice<String> {
        guard let name else { return self.names[...] }
        var place = Self.place(of: name, in: names)
        if place < names.count, names[place] == name { place += 1 }
        return names[place...]
    }

    /// The runs of a job that are not ended, oldest first.
    func openRuns(of job: JobName) -> [Run] {
        (open[job] ?? []).compactMap { runs[$0] }.sorted { ($0.createdTime, $0.id) < ($1.createdTime, $1.id) }
    }

    private mutating func unlist(_ run: Run) {
        if let slot = Slot(run), slots[slot] == run.id { slots[slot] = nil }
        open[run.jobName]?.remove(run.id)
        if open[run.jobName]?.isEmpty == true { open[run.jobName] = nil }
        withDeadline.remove(run.id)
    }

    /// The first place whose name is not before `name`, by bytes.
    private static func place(of name: String, in names: [String]) -> Int {
        var (low, high) = (0, names.count)
        while low < high {
            let middle = (low + high) / 2
            if names[middle].utf8.lexicographicallyPrecedes(name.utf8) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// A tombstone of ``MemoryStore``.
struct MemoryStoreDeletion: Hashable, Sendable {
    private(set) var deletion: Deletion
    /// When the removal was taken over.
    private(set) var removerAt: Timestamp?

    init(_ deletion: Deletion) {
        self.deletion = deletion
    }

    mutating func setRemover(_ remover: ManagerID?, at now: Timestamp) {
        deletion = Deletion(
            jobName: deletion.jobName, deletedAt: deletion.deletedAt, heartbeatTimeout: deletion.heartbeatTimeout,
            lockEpoch: deletion.lockEpoch, remover: remover)
        removerAt = remover == nil ? nil : now
    }
}
