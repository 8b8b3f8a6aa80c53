// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Keeps the table in line with the database: locks what is free, takes edits in, lets go of what was lost or deleted.
///
/// Hints say at once which jobs to look at; the refresh looks at all of them.
actor JobClaimer {
    private let environment: EngineEnvironment
    private let holdings: Holdings
    private let store: any Ownership & RunLedger
    private let subscriptions: any JobSubscriptions
    private let settler: RunSettler
    /// Brings what deleted jobs have left to its end.
    private let remover: JobRemover
    private let finisher: JobFinisher
    private let alarm = Alarm()
    /// The pools that are listened to.
    private var pools: Set<PoolName> = []
    /// Held under a lease that was lost: those that are gone by now are looked after, for this instance listened to them.
    private var lost: [JobName: OwnedJob] = [:]
    /// Locked, but not to be taken up yet, or not to be locked yet; looked at again soon.
    private var deferred: Set<JobName> = []
    private var named: Set<JobName> = []
    private var wantsAll = true
    private var reported: [String: MalformedJob] = [:]
    private var isReading = false
    private var readers: [CheckedContinuation<Void, Never>] = []

    /// A claimer that will look at everything first.
    init(
        _ environment: EngineEnvironment, _ holdings: Holdings, store: any Ownership & RunLedger,
        subscriptions: any JobSubscriptions, settler: RunSettler, remover: JobRemover, finisher: JobFinisher
    ) {
        self.finisher = finisher
        self.environment = environment
        self.holdings = holdings
        self.store = store
        self.subscriptions = subscriptions
        self.settler = settler
        self.remover = remover
    }

    /// Asks for a look at these jobs soon.
    func note(_ names: [JobName]) {
        guard !names.isEmpty else { return }
        named.formUnion(names)
        alarm.ring()
    }

    /// Asks for a look at everything soon.
    func noteAll() {
        wantsAll = true
        alarm.ring()
    }

    /// Looks until the engine is to stop.
    func run() async {
        environment.stop.rings(alarm)
        var nextRefresh = environment.clock.uptime()
        while !environment.stop.isRaised, !Task.isCancelled {
            if wantsAll || environment.clock.uptime() >= nextRefresh {
                await refreshNow()
                nextRefresh = environment.clock.uptime() + environment.settings.refreshInterval
            } else if !named.isEmpty {
                let names = named.sorted()
                named = []
                await attempt { () async throws(StoreError) in try await self.refresh(names) }
            }
            await attempt { () async throws(StoreError) in try await self.remover.sweep() }
            if named.isEmpty, !wantsAll {
                var pause = nextRefresh - environment.clock.uptime()
                if await remover.isBusy || !deferred.isEmpty {
                    pause = min(pause, environment.settings.cleanupInterval)
                }
                await alarm.wait(for: pause, clock: environment.clock)
                named.formUnion(deferred)
            }
        }
    }

    /// Looks at everything now.
    func refreshNow() async {
        wantsAll = false
        await attempt { () async throws(StoreError) in try await self.refreshAll() }
    }

    /// Lets go of every job, without touching the database: the lease is lost, and another one is needed.
    ///
    /// No read that is under way can bring a job back: it was for the old id.
    func loseAll(newID: ManagerID) async {
        let names = holdings.table.names.sorted()
        for name in names { lost[name] = holdings.table.job(name) }
        holdings.lease.replace(with: newID)
        holdings.table.drop(names)
        deferred = []
        let left = names.map { WorkerAddress.job($0) } + pools.sorted().map { .pool($0) }
        pools = []
        await subscriptions.unsubscribe(left)
    }

    private func attempt(_ look: () async throws(StoreError) -> Void) async {
        do {
            try await look()
        } catch {
            environment.metrics.count(.storeErrors)
            environment.logger.log(.warning, "cannot read the jobs, trying again", [.error: "\(error)"])
        }
    }

    private func refreshAll() async throws(StoreError) {
        let manager = holdings.lease.managerID
        let read = try await inTurn { () async throws(StoreError) -> (before: Set<JobName>, taken: Taken)? in
            let (before, tick) = (holdings.table.names, holdings.table.tick)
            let stored = try await store.jobs(lockedBy: manager)
            guard holdings.lease.managerID == manager else { return nil }
            return (before, try await take(stored, readAt: tick))
        }
        guard let (before, taken) = read else { return }
        await follow(taken)
        try await letGo(before.subtracting(taken.kept).sorted())
        try await writeTombstonesOfLost()
        try await lockFree()
        try await reviewPools()
        note(try await finisher.finish(holdings.table.overJobs))
        holdings.table.requestReleases()
        environment.metrics.set(.jobsHeld, to: holdings.table.count)
        environment.metrics.set(.jobsMalformed, to: reported.count)
    }

    private func refresh(_ names: [JobName]) async throws(StoreError) {
        let manager = holdings.lease.managerID
        let read = try await inTurn { () async throws(StoreError) -> (stored: [StoredJob], taken: Taken)? in
            let tick = holdings.table.tick
            let stored = try await store.jobs(named: names)
            guard holdings.lease.managerID == manager else { return nil }
            let mine = stored.filter { $0.managerID == manager }
            deferred.subtract(Set(names).subtracting(mine.compactMap(\.name)))
            return (stored, try await take(mine, readAt: tick))
        }
        guard let (stored, taken) = read else { return }
        await follow(taken)
        try await letGo(names.filter { !taken.kept.contains($0) && holdings.table.job($0) != nil })
        let free = Array(stored.filter { $0.managerID == nil }.compactMap { usable($0) }.prefix(capacity))
        let size = environment.settings.batchSize
        for start in stride(from: 0, to: free.count, by: size) where !environment.stop.isRaised {
            try await lock(Array(free[start..<min(start + size, free.count)]))
        }
        for name in taken.kept { holdings.table.requestRelease(name) }
    }

    /// A read and what the table makes of it, one after the other: several calls may be under way, and of two reads that
    /// overlap nobody can say which one saw the database later.
    private func inTurn<Value>(_ step: () async throws(StoreError) -> Value) async throws(StoreError) -> Value {
        while isReading { await withCheckedContinuation { readers.append($0) } }
        isReading = true
        defer {
            isReading = false
            if !readers.isEmpty { readers.removeFirst().resume() }
        }
        return try await step()
    }

    /// What a read has brought into the table.
    private struct Taken {
        /// The names of all that is usable.
        var kept: Set<JobName> = []
        /// Locked by a call of ours whose answer was lost, or usable again: held from now on.
        var found: [OwnedJob] = []
        var edited: [OwnedJob] = []
        /// Where the runs of edited jobs go now.
        var workers: [WorkerAddress] = []
    }

    /// Takes in jobs that this instance holds.
    private func take(_ stored: [StoredJob], readAt tick: UInt64) async throws(StoreError) -> Taken {
        let now = environment.clock.now()
        var taken = Taken()
        let known = holdings.table.names
        let new = stored.compactMap(\.name).filter { !known.contains($0) }
        let blocked = try await postpone(new)
        for entry in stored {
            switch entry {
            case .valid(let owned) where blocked.contains(owned.job.name): continue
            case .valid(let owned):
                taken.kept.insert(owned.job.name)
                reported[owned.job.name.text] = nil
                let missedBefore = now - environment.settings.lateTolerance
                switch holdings.table.hold(owned, missedBefore: missedBefore, now: now, readAt: tick) {
                case .known: break
                case .new: taken.found.append(owned)
                case .edited(let before):
                    taken.edited.append(owned)
                    if let workers = owned.job.workers, workers != before.workers { taken.workers.append(workers) }
                }
            case .malformed(let malformed):
                report(malformed)
            }
        }
        return taken
    }

    private func follow(_ taken: Taken) async {
        await listen(to: taken.workers)
        if !taken.found.isEmpty { await takeUp(taken.found) }
        if !taken.edited.isEmpty { await settler.settle(taken.edited, everyRun: true) }
    }

    private func letGo(_ names: [JobName]) async throws(StoreError) {
        guard !names.isEmpty else { return }
        let moment = environment.clock.now()
        let stored = try await store.jobs(named: names)
        let existing = Set(stored.map(\.id))
        let deleted = names.filter { !existing.contains($0.text) }.compactMap { holdings.table.job($0) }
        holdings.table.drop(names)
        environment.logger.log(.notice, "released jobs", [.count: "\(names.count)", .deleted: "\(deleted.count)"])
        await subscriptions.unsubscribe(names.filter { existing.contains($0.text) }.map { .job($0) })
        try await remover.writeTombstones(for: deleted, readAt: moment)
    }

    private func writeTombstonesOfLost() async throws(StoreError) {
        guard !lost.isEmpty else { return }
        let owned = lost
        let moment = environment.clock.now()
        let existing = Set(try await store.jobs(named: owned.keys.sorted()).map(\.id))
        try await remover.writeTombstones(
            for:
                owned.values.filter { !existing.contains($0.job.name.text) }, readAt: moment)
        lost = lost.filter { owned[$0.key] != $0.value }
    }

    /// Listens to the workers of jobs that are new here, and to those that have runs of theirs since before an edit; then brings
    /// their runs in order.
    ///
    /// Only for workers there is something at the broker; those that a job had until an edit are listened to further on.
    private func takeUp(_ jobs: [OwnedJob]) async {
        await remover.handOver(jobs.map(\.job.name))
        await listen(to: jobs.compactMap(\.job.workers))
        await attempt { () async throws(StoreError) in
            if let used = try await self.poolsInUse() { await self.listen(to: used.map { .pool($0) }) }
        }
        await settler.settle(jobs)
    }

    private func listen(to workers: [WorkerAddress]) async {
        guard !workers.isEmpty else { return }
        pools.formUnion(workers.compactMap(\.pool))
        await subscriptions.subscribe(Set(workers).sorted())
    }

    /// Pools with runs may have no job any more that anybody holds: each instance listens to all of them.
    private func poolsInUse() async throws(StoreError) -> Set<PoolName>? {
        try await environment.untilStored("look for pools") { () throws(StoreError) in try await store.poolsInUse() }
    }

    /// Leaves the pools that have neither a job here nor a run anywhere.
    private func reviewPools() async throws(StoreError) {
        guard let used = try await poolsInUse() else { return }
        let wanted = used.union(holdings.table.pools)
        let left = pools.subtracting(wanted)
        pools.subtract(left)
        if !left.isEmpty { await subscriptions.unsubscribe(left.sorted().map { .pool($0) }) }
        await listen(to: wanted.subtracting(pools).map { .pool($0) })
    }

    /// Those of these jobs, locked a moment ago, that cannot be taken up yet; they are looked at again soon.
    private func postpone(_ names: [JobName]) async throws(StoreError) -> Set<JobName> {
        guard !names.isEmpty else { return [] }
        let read = try await environment.untilStored("look for deletions") { () throws(StoreError) in
            try await self.remover.blocked(names)
        }
        // When it is to stop there is no point in taking anything up.
        let blocked = read ?? Set(names)
        deferred.subtract(names)
        deferred.formUnion(blocked)
        return blocked
    }

    private var capacity: Int {
        environment.settings.maxJobs == 0 ? .max : max(0, environment.settings.maxJobs - holdings.table.count)
    }

    private func lockFree() async throws(StoreError) {
        var last: String?
        while capacity > 0, holdings.lease.isValid, !environment.stop.isRaised {
            let page = try await store.unlockedJobs(after: last, limit: environment.settings.batchSize)
            let free = page.compactMap { usable($0) }
            try await lock(Array(free.prefix(capacity)))
            // The id of a malformed document may have been cut: go on from the last whose name is known.
            guard let end = page.last(where: { $0.job != nil })?.id else { return }
            last = end
        }
    }

    private func lock(_ free: [OwnedJob]) async throws(StoreError) {
        guard !free.isEmpty, holdings.lease.isValid else { return }
        let manager = holdings.lease.managerID
        let locked = try await inTurn { () async throws(StoreError) -> [OwnedJob] in
            let tick = holdings.table.tick
            let won = try await store.lock(free.map(\.job.name), for: manager)
            // Of many new jobs whose names were used before, a call takes some only: go on at once as long as it takes any.
            let left = Set(free.filter(\.isNew).map(\.job.name)).subtracting(won.map(\.job.name))
            if won.isEmpty { deferred.formUnion(left) } else { named.formUnion(left) }
            let blocked = try await postpone(won.map(\.job.name))
            guard holdings.lease.managerID == manager else { return [] }
            let locked = won.filter { !blocked.contains($0.job.name) }
            let now = environment.clock.now()
            for owned in locked {
                let tolerance =
                    owned.wasTakenFromDeadOwner
                    ? environment.settings.failoverTolerance : environment.settings.lateTolerance
                _ = holdings.table.hold(owned, missedBefore: now - tolerance, now: now, readAt: tick)
            }
            return locked
        }
        guard !locked.isEmpty else { return }
        environment.logger.log(.notice, "locked jobs", [.count: "\(locked.count)", .held: "\(holdings.table.count)"])
        await takeUp(locked)
    }

    /// A job that this instance can fire; others are reported.
    private func usable(_ entry: StoredJob) -> OwnedJob? {
        switch entry {
        case .malformed(let malformed): report(malformed)
        case .valid(let owned):
            let fault = owned.job.deliveryFault(
                hasBus: environment.settings.hasBus, rules: environment.settings.addressRules)
            guard let fault else { return owned }
            report(MalformedJob(id: owned.job.name.text, reasons: [fault.description], managerID: nil))
        }
        return nil
    }

    /// Reports a malformed document once per change.
    private func report(_ malformed: MalformedJob) {
        guard reported[malformed.id] != malformed, reported.count < 10_000 else { return }
        reported[malformed.id] = malformed
        environment.logger.log(
            .error, "job document cannot be used; correct it and it is taken up by itself",
            [.job: "\(malformed.id)", .reasons: "\(malformed.reasons.joined(separator: "; "))"])
    }
}
