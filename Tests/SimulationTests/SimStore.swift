// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport

/// The database as one simulated process sees it: slow at times, gone at times, and the process may die at each call.
protocol SimVerbs: SchedulerStore, Housekeeping {
    var process: SimProcess { get }
    var time: SimTime { get }
    var faults: FaultPlan { get }

    /// Carries a verb out, at one moment of the world.
    func perform<Value: Sendable>(
        _ effect: @escaping @Sendable (any SchedulerStore & Housekeeping) async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value
}

/// Over the store in memory, which it uses as MongoDB is used: slots are stored in steps, and it may die between them.
struct SimStore: SimVerbs, SteppedSlotLedger {
    let base: MemoryStore
    let process: SimProcess
    let time: SimTime
    let faults: FaultPlan
    let checker: InvariantChecker

    func perform<Value: Sendable>(
        _ effect: @escaping @Sendable (any SchedulerStore & Housekeeping) async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await effect(base)
    }

    func advance(_ steps: [JobAdvance]) async throws(StoreError) -> Set<JobName> {
        try await call("advance") { [self] _ throws(StoreError) in
            let moved = try await base.advance(steps)
            checker.check(moved: steps.filter { moved.contains($0.name) }, by: process.name)
            return moved
        }
    }

    func insertOrAdopt(_ runs: [Run]) async throws(StoreError) -> [Run] {
        try await call("insertOrAdopt") { [self] _ throws(StoreError) in try await base.insertOrAdopt(runs) }
    }

    func withdraw(_ runs: [Run]) async throws(StoreError) {
        try await call("withdraw") { [self] _ throws(StoreError) in try await base.withdraw(runs) }
    }
}

extension SimVerbs {
    /// Calls through; before and after the effect, anything may go wrong.
    func call<Value: Sendable>(
        _ verb: String,
        _ effect: @escaping @Sendable (any SchedulerStore & Housekeeping) async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        try await mishap("before \(verb)")
        let value = try await perform(effect)
        try await mishap("after \(verb)")
        return value
    }

    private func mishap(_ moment: String) async throws(StoreError) {
        do { try await time.sleep(for: faults.latency()) } catch {
            throw StoreError(.unavailable, "the process is dead or the call was cancelled")
        }
        if faults.dies(moment, process) { process.kill() }
        guard !process.isDead else { throw StoreError(.unavailable, "the process is dead") }
        if faults.databaseFails(moment, process) { throw StoreError(.unavailable, "simulated outage") }
    }

    func serverTime() async throws(StoreError) -> Timestamp {
        try await call("serverTime") { base throws(StoreError) in try await base.serverTime() }
    }

    func register(_ manager: ManagerID, hostname: String) async throws(StoreError) {
        try await call("register") { base throws(StoreError) in try await base.register(manager, hostname: hostname) }
    }

    func renew(_ manager: ManagerID) async throws(StoreError) -> Bool {
        try await call("renew") { base throws(StoreError) in try await base.renew(manager) }
    }

    func release(_ manager: ManagerID) async throws(StoreError) -> Int {
        try await call("release") { base throws(StoreError) in try await base.release(manager) }
    }

    func prepare() async throws(StoreError) {
        try await call("prepare") { base throws(StoreError) in try await base.prepare() }
    }

    func unlockedJobs(after name: String?, limit: Int) async throws(StoreError) -> [StoredJob] {
        try await call("unlockedJobs") { base throws(StoreError) in
            try await base.unlockedJobs(after: name, limit: limit)
        }
    }

    func lock(_ names: [JobName], for manager: ManagerID) async throws(StoreError) -> [OwnedJob] {
        try await call("lock") { base throws(StoreError) in try await base.lock(names, for: manager) }
    }

    func disable(_ name: JobName, lockEpoch: Int64) async throws(StoreError) -> Bool {
        try await call("disable") { base throws(StoreError) in try await base.disable(name, lockEpoch: lockEpoch) }
    }

    func remove(_ jobs: [OwnedJob], onlyIfDone: Bool) async throws(StoreError) -> Set<JobName> {
        try await call("remove") { base throws(StoreError) in
            try await base.remove(jobs, onlyIfDone: onlyIfDone)
        }
    }

    func jobs(lockedBy manager: ManagerID) async throws(StoreError) -> [StoredJob] {
        try await call("jobs") { base throws(StoreError) in try await base.jobs(lockedBy: manager) }
    }

    func jobs(named names: [JobName]) async throws(StoreError) -> [StoredJob] {
        try await call("jobs") { base throws(StoreError) in try await base.jobs(named: names) }
    }

    func markPublished(_ marks: [PublishedMark]) async throws(StoreError) {
        try await call("markPublished") { base throws(StoreError) in try await base.markPublished(marks) }
    }

    func update(_ updates: [RunUpdate]) async throws(StoreError) -> [RunUpdateOutcome] {
        try await call("update") { base throws(StoreError) in try await base.update(updates) }
    }

    func callbackKey(orElse fresh: CallbackKey) async throws(StoreError) -> CallbackKey {
        try await call("callbackKey") { base throws(StoreError) in try await base.callbackKey(orElse: fresh) }
    }

    func runs(_ ids: [RunID]) async throws(StoreError) -> [Run] {
        try await call("runs") { base throws(StoreError) in try await base.runs(ids) }
    }

    func dueRuns(notAfter time: Timestamp, after: Run?, limit: Int) async throws(StoreError) -> [Run] {
        try await call("dueRuns") { base throws(StoreError) in
            try await base.dueRuns(notAfter: time, after: after, limit: limit)
        }
    }

    func unsettledRuns(of jobs: [JobName], after: RunID?, limit: Int) async throws(StoreError) -> [Run] {
        try await call("unsettledRuns") { base throws(StoreError) in
            try await base.unsettledRuns(of: jobs, after: after, limit: limit)
        }
    }

    func activeRuns(of jobs: [JobName], after: RunID?, limit: Int) async throws(StoreError) -> [Run] {
        try await call("activeRuns") { base throws(StoreError) in
            try await base.activeRuns(of: jobs, after: after, limit: limit)
        }
    }

    func poolsInUse() async throws(StoreError) -> Set<PoolName> {
        try await call("poolsInUse") { base throws(StoreError) in try await base.poolsInUse() }
    }

    func jobsWithOwnWorkers(among jobs: [JobName]) async throws(StoreError) -> Set<JobName> {
        try await call("jobsWithOwnWorkers") { base throws(StoreError) in
            try await base.jobsWithOwnWorkers(among: jobs)
        }
    }

    func begunSlots(from cursors: [JobName: Timestamp]) async throws(StoreError) -> [JobName: Set<Timestamp>] {
        try await call("begunSlots") { base throws(StoreError) in try await base.begunSlots(from: cursors) }
    }

    func unlockJobsOfDeadOwners(silentSince limit: Timestamp) async throws(StoreError) -> [String] {
        try await call("unlockJobsOfDeadOwners") { base throws(StoreError) in
            try await base.unlockJobsOfDeadOwners(silentSince: limit)
        }
    }

    func pruneRuns(ofJobsAfter name: String?, limit: Int) async throws(StoreError) -> PrunedRuns {
        try await call("pruneRuns") { base throws(StoreError) in
            try await base.pruneRuns(ofJobsAfter: name, limit: limit)
        }
    }

    func deletions(after: JobName?, limit: Int) async throws(StoreError) -> [Deletion] {
        try await call("deletions") { base throws(StoreError) in try await base.deletions(after: after, limit: limit) }
    }

    func deletions(of names: [JobName]) async throws(StoreError) -> [Deletion] {
        try await call("deletions") { base throws(StoreError) in try await base.deletions(of: names) }
    }

    func noteDeletion(_ deletion: Deletion) async throws(StoreError) {
        try await call("noteDeletion") { base throws(StoreError) in try await base.noteDeletion(deletion) }
    }

    func retireRuns(of deletion: Deletion) async throws(StoreError) -> Bool {
        try await call("retireRuns") { base throws(StoreError) in try await base.retireRuns(of: deletion) }
    }

    func claimRemoval(
        of deletion: Deletion, by manager: ManagerID, staleAfter: Duration
    ) async throws(StoreError) -> Bool {
        try await call("claimRemoval") { base throws(StoreError) in
            try await base.claimRemoval(of: deletion, by: manager, staleAfter: staleAfter)
        }
    }

    func unclaimRemoval(of deletion: Deletion, by manager: ManagerID) async throws(StoreError) {
        try await call("unclaimRemoval") { base throws(StoreError) in
            try await base.unclaimRemoval(of: deletion, by: manager)
        }
    }

    func forgetDeletion(_ deletion: Deletion, by manager: ManagerID) async throws(StoreError) {
        try await call("forgetDeletion") { base throws(StoreError) in
            try await base.forgetDeletion(deletion, by: manager)
        }
    }

    func activity(of jobs: [JobName]) async throws(StoreError) -> [JobName: JobActivity] {
        try await call("activity") { base throws(StoreError) in try await base.activity(of: jobs) }
    }
}
