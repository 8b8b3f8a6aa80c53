// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Brings to its end what deleted jobs have left behind, as their tombstones say.
///
/// Cancels the runs, goes on listening to their workers until all have ended, then removes the job's objects from the
/// broker, and the tombstone last. Any Scheduler works on any tombstone: guards make several harmless. Called by the
/// ``JobClaimer`` alone, between two looks at the jobs, so that nobody locks and removes at the same time.
actor JobRemover {
    /// How long a deletion may take between its tombstone and the end of the job's document.
    private static let deletionTime = Duration.seconds(10)

    private let environment: EngineEnvironment
    private let holdings: Holdings
    private let store: any Ownership & RunLedger & Tombstones
    private let bus: any JobSubscriptions & BusConnection & HintAnnouncer
    private let settler: RunSettler
    /// Jobs that are listened to only for what they have left.
    private var followed: Set<JobName> = []
    /// Tombstones whose runs have been marked.
    private var retired: Set<Deletion> = []
    /// Tombstones whose objects this instance has removed for the first time.
    private var removed: Set<Deletion.Key> = []
    /// Tombstones whose objects cannot be removed for now.
    private var unremoved: [Deletion.Key: FailedRemoval] = [:]
    /// Whether tombstones are left to work on.
    private(set) var isBusy = false

    /// A remover that knows of nothing.
    init(
        _ environment: EngineEnvironment, _ holdings: Holdings, store: any Ownership & RunLedger & Tombstones,
        bus: any JobSubscriptions & BusConnection & HintAnnouncer, settler: RunSettler
    ) {
        self.environment = environment
        self.holdings = holdings
        self.store = store
        self.bus = bus
        self.settler = settler
    }

    /// Notes that these jobs, which this instance held, are gone: writes the tombstones, unless whoever deleted them has.
    ///
    /// `moment` is before the look that did not find them: by now there may be new jobs of their names.
    func writeTombstones(for deleted: [OwnedJob], readAt moment: Timestamp) async throws(StoreError) {
        for owned in deleted {
            try await store.noteDeletion(
                Deletion(
                    jobName: owned.job.name, deletedAt: moment,
                    heartbeatTimeout: owned.job.heartbeatTimeout, lockEpoch: owned.lockEpoch))
        }
        await follow(deleted.filter { $0.job.delivery == .worker }.map(\.job.name))
        // What the others have of their own is from before an edit: it is listened to where runs are found that are with it.
        let others = deleted.filter { $0.job.delivery != .worker }
        if !others.isEmpty { await bus.unsubscribe(others.map { .job($0.job.name) }) }
    }

    /// Those of the names that nobody may take up yet, because the objects of a former job are being removed.
    func blocked(_ names: [JobName]) async throws(StoreError) -> Set<JobName> {
        Set(try await store.deletions(of: names).filter { $0.remover != nil }.map(\.jobName))
    }

    /// Somebody has taken the name up: it is listened to for its own sake.
    func handOver(_ names: [JobName]) {
        followed.subtract(names)
    }

    /// Does for every tombstone what can be done now.
    func sweep() async throws(StoreError) {
        guard holdings.lease.isValid else { return }
        var found: [Deletion] = []
        while true {
            let page = try await store.deletions(
                after: found.last?.jobName, limit: environment.settings.batchSize)
            found += page
            if page.count < environment.settings.batchSize { break }
        }
        isBusy = !found.isEmpty
        retired.formIntersection(found + found.map(\.withoutEpoch))
        let keys = Set(found.map(\.key))
        removed.formIntersection(keys)
        unremoved = unremoved.filter { keys.contains($0.key) }
        report()
        await unfollow(followed.subtracting(found.map(\.jobName)).sorted())
        for start in stride(from: 0, to: found.count, by: environment.settings.batchSize)
        where !environment.stop.isRaised {
            try await work(on: Array(found[start..<min(start + environment.settings.batchSize, found.count)]))
        }
    }

    private func work(on deletions: [Deletion]) async throws(StoreError) {
        var ready: [Deletion] = []
        let stored = try await store.jobs(named: deletions.map(\.jobName))
        let jobs = Dictionary(stored.map { ($0.id, $0) }) { first, _ in first }
        for deletion in deletions {
            guard let job = jobs[deletion.jobName.text] else {
                ready.append(deletion)
                continue
            }
            // Either the deletion is still under way, or there is a new job of the name: known by its later epoch, or by time.
            if let owned = job.owned, owned.lockEpoch > deletion.lockEpoch {
                ready.append(deletion)
            } else if environment.clock.now() - deletion.deletedAt > Self.deletionTime {
                ready.append(deletion.withoutEpoch)
            }
        }
        // Once more at the end: an owner that had not noticed the deletion yet may have stored a run since.
        for deletion in ready where !retired.contains(deletion) || hasBeenNoticed(deletion) {
            while try await !store.retireRuns(of: deletion), !environment.stop.isRaised {}
            retired.insert(deletion)
        }
        let (open, atOwn) = try await endRuns(of: ready)
        await follow(atOwn.filter { jobs[$0.text] == nil }.sorted())
        // The first lock of a new job goes by the tombstone.
        let needed = Set(stored.filter { $0.owned?.isNew ?? true }.map(\.id))
        try await finish(ready.filter { !open.contains($0.jobName) && !needed.contains($0.jobName.text) })
    }

    /// Does what is due for the runs that are left; gives the names of those jobs that had any, and of those that may have some with workers of their own.
    private func endRuns(
        of deletions: [Deletion]
    ) async throws(StoreError) -> (open: Set<JobName>, atOwn: Set<JobName>) {
        guard !deletions.isEmpty else { return ([], []) }
        let timeouts = Dictionary(uniqueKeysWithValues: deletions.map { ($0.jobName, $0.heartbeatTimeout) })
        var open: Set<JobName> = []
        var atOwn: Set<JobName> = []
        var last: RunID?
        while !environment.stop.isRaised {
            let page = try await store.activeRuns(
                of: deletions.map(\.jobName), after: last, limit: environment.settings.batchSize)
            let old = page.filter(\.isRetired)
            open.formUnion(old.map(\.jobName))
            atOwn.formUnion(old.filter(\.mayBeWithOwnWorkers).map(\.jobName))
            await settler.retire(old, timeouts: timeouts)
            guard page.count == environment.settings.batchSize else { break }
            last = page.last?.id
        }
        return (open, atOwn)
    }

    /// All runs have ended: removes the objects, where no new job has the name, and the tombstone.
    private func finish(_ deletions: [Deletion]) async throws(StoreError) {
        let manager = holdings.lease.managerID
        var claimed: [Deletion] = []
        for deletion in deletions where !environment.stop.isRaised && isDue(deletion) {
            if try await store.claimRemoval(of: deletion, by: manager, staleAfter: environment.settings.removalTime) {
                claimed.append(deletion)
            }
        }
        guard !claimed.isEmpty else { return }
        // From here on nobody takes a job of these names up that was not there before.
        let stored = try await store.jobs(named: claimed.map(\.jobName))
        let jobs = Dictionary(stored.map { ($0.id, $0) }) { first, _ in first }
        let gone = claimed.filter { jobs[$0.jobName.text] == nil && holdings.table.job($0.jobName) == nil }
        for deletion in claimed where !gone.contains(deletion) {
            // A new job may have come meanwhile.
            if jobs[deletion.jobName.text]?.owned?.isNew == false {
                try await store.forgetDeletion(deletion, by: manager)
            } else {
                try await store.unclaimRemoval(of: deletion, by: manager)
            }
        }
        guard !gone.isEmpty, await bus.state().isConnected, holdings.lease.isValid else { return }
        await unfollow(gone.map(\.jobName))
        defer { report() }
        for (deletion, outcome) in zip(gone, await bus.release(gone.map(\.jobName))) {
            note(outcome, of: deletion)
            switch outcome {
            case .released where !hasBeenNoticed(deletion):
                removed.insert(deletion.key)
                try await store.unclaimRemoval(of: deletion, by: manager)
                await bus.announce(.jobChanged(deletion.jobName))
            case .released:
                try await store.forgetDeletion(deletion, by: manager)
                environment.metrics.count(.jobsRemoved)
                environment.logger.log(.notice, "removed what a deleted job had left", [.job: "\(deletion.jobName)"])
                // The others stop listening.
                await bus.announce(.jobChanged(deletion.jobName))
            case .reportsWaiting:
                try await store.unclaimRemoval(of: deletion, by: manager)
                await follow([deletion.jobName])
            case .refused:
                try await store.unclaimRemoval(of: deletion, by: manager)
            case .unavailable: break
            }
        }
    }

    /// How many deleted jobs have objects at the broker that cannot be removed for now.
    var unremovedCount: Int { unremoved.values.count(where: \.isWorthTelling) }

    /// Remembers what went wrong, and lets longer and longer pauses pass before the next try.
    private func note(_ outcome: ReleaseOutcome, of deletion: Deletion) {
        let reason: String
        switch outcome {
        case .released:
            unremoved[deletion.key] = nil
            return
        case .reportsWaiting: reason = "messages wait in its queues that nobody takes in"
        case .refused(let text): reason = text
        case .unavailable: reason = "the broker does not answer in time"
        }
        var failed = unremoved[deletion.key] ?? FailedRemoval(random: environment.random)
        let isRefusal = outcome != .reportsWaiting && outcome != .unavailable
        let isChanged = failed.fail(reason, isRefusal: isRefusal, now: environment.clock.uptime())
        unremoved[deletion.key] = failed
        guard isChanged else { return }
        environment.logger.log(
            .warning, "cannot remove what a deleted job has left, trying again in growing pauses",
            [.job: "\(deletion.jobName)", .reason: "\(reason)"])
    }

    private func report() {
        environment.metrics.set(.jobsNotRemoved, to: unremovedCount)
    }

    /// By then everybody who held the job, and so declares its objects again when they go, has noticed that it is gone or is
    /// dead: what is removed then stays removed.
    private var noticeTime: Duration {
        environment.settings.refreshInterval * 2 + environment.settings.heartbeatTimeout
            + environment.settings.longestPause
    }

    /// Whether to remove the job's objects now: not so soon after the first time, nor after a failure.
    private func isDue(_ deletion: Deletion) -> Bool {
        if let failed = unremoved[deletion.key], environment.clock.uptime() < failed.nextTry { return false }
        return hasBeenNoticed(deletion) || !removed.contains(deletion.key)
    }

    private func hasBeenNoticed(_ deletion: Deletion) -> Bool {
        environment.clock.now() - deletion.deletedAt >= noticeTime
    }

    private func follow(_ names: [JobName]) async {
        let new = names.filter { !followed.contains($0) && holdings.table.job($0) == nil }
        guard !new.isEmpty else { return }
        followed.formUnion(new)
        await bus.drain(new)
    }

    private func unfollow(_ names: [JobName]) async {
        guard !names.isEmpty else { return }
        followed.subtract(names)
        await bus.unsubscribe(names.filter { holdings.table.job($0) == nil }.map { .job($0) })
    }
}

extension Deletion {
    /// What makes it the same tombstone, whoever removes.
    fileprivate struct Key: Hashable {
        let jobName: JobName
        let deletedAt: Timestamp
    }

    fileprivate var key: Key { Key(jobName: jobName, deletedAt: deletedAt) }

    /// For a job that was put in the place of the deleted one by hand: its epochs start anew and say nothing.
    fileprivate var withoutEpoch: Deletion {
        Deletion(
            jobName: jobName, deletedAt: deletedAt, heartbeatTimeout: heartbeatTimeout, lockEpoch: 0, remover: remover)
    }
}
