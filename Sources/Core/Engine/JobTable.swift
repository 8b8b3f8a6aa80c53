// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import DequeModule
import HeapModule
package import Shared
import Synchronization

/// The jobs that this instance holds, and the row of what is due next.
///
/// Safe from any task; every call is short.
package final class JobTable: Sendable {
    /// Where runs leave; what leaves by HTTP is not held up by a broker that is away.
    fileprivate enum Lane: Int {
        case workers, requests

        init(_ delivery: JobDelivery) { self = delivery.http == nil ? .workers : .requests }
    }

    /// A job's place in the table: a reference, since a dictionary gives whole copies of its values, and a job is large.
    fileprivate final class Place {
        var held: HeldJob

        init(_ held: HeldJob) { self.held = held }
    }

    fileprivate struct State {
        var jobs: [JobName: Place] = [:]
        /// What is due, by ``Lane``.
        var heaps = [Heap<HeapEntry>(), Heap<HeapEntry>()]
        var releases: Set<JobName> = []
        /// Those of them in the order of asking, with some that were taken or dropped since: to sort a hundred thousand names
        /// for each batch would take longer than all else.
        var turns: Deque<JobName> = []
        var tick: UInt64 = 0
        var ticket: UInt64 = 0
    }

    private let state = Mutex(State())
    /// Rings when something may have become due earlier than it was.
    package let alarm = Alarm()

    /// An empty table.
    package init() {}

    /// How many jobs are held.
    package var count: Int { state.withLock { $0.jobs.count } }

    /// The names of all held jobs.
    package var names: Set<JobName> { state.withLock { Set($0.jobs.keys) } }

    /// The pools that held jobs belong to.
    package var pools: Set<PoolName> {
        state.withLock { state in
            var pools: Set<PoolName> = []
            for place in state.jobs.values {
                if case .pool(let name) = place.held.owned.job.delivery { pools.insert(name) }
            }
            return pools
        }
    }

    /// Counts the changes that batches made.
    ///
    /// Read it before the database, and hand it to ``hold(_:missedBefore:now:readAt:)``.
    package var tick: UInt64 { state.withLock { $0.tick } }

    /// The job as it is held; `nil` = not held.
    package func job(_ name: JobName) -> OwnedJob? {
        state.withLock { $0.jobs[name]?.held.owned }
    }

    /// How the job delivers, if it is held; the whole of it is much more.
    func delivery(of name: JobName) -> JobDelivery? {
        state.withLock { $0.jobs[name]?.held.owned.job.delivery }
    }

    /// Whether the job is held.
    package func holds(_ name: JobName) -> Bool {
        state.withLock { $0.jobs[name] != nil }
    }

    /// What makes the job one of the dialect `clockmonster`, if it is held and anything does.
    func clockMonster(of name: JobName) -> ClockMonsterTerms? {
        state.withLock { $0.jobs[name]?.held.owned.job.clockMonster }
    }

    /// The jobs of the dialect `clockmonster` that have no slot ahead: over, but for runs of theirs.
    package var overJobs: [JobName] {
        state.withLock { state in
            state.jobs.filter { _, place in
                place.held.owned.job.nextRunAt == nil && place.held.owned.job.clockMonster != nil
            }.map(\.key)
        }
    }

    /// Whether the job is held under exactly this lock.
    package func holds(_ name: JobName, epoch: Int64) -> Bool {
        state.withLock { $0.jobs[name]?.held.owned.lockEpoch == epoch }
    }

    /// Takes in a job as it was read from the database.
    ///
    /// A known job keeps its `nextRunAt` when a batch has changed it since `readAt`; one that was refused before `readAt` is
    /// out of doubt. A read from before a batch that accounted for an edit is older in all: nothing of it is taken. A new
    /// job counts slots before `missedBefore` as missed; so does one whose `nextRunAt` was edited. When the slots are others
    /// and the edition is the same, the edit was made in the database: see ``HeldJob/replaced``.
    package func hold(_ owned: OwnedJob, missedBefore: Timestamp, now: Timestamp, readAt: UInt64) -> Novelty {
        let (novelty, isEarlier) = state.withLock { state -> (Novelty, Bool) in
            let name = owned.job.name
            guard let place = state.jobs[name] else {
                state.jobs[name] = Place(HeldJob(owned: owned, missedBefore: missedBefore, heldSince: now))
                return (.new, state.arm(name))
            }
            // Nearly every job that is read is as it was.
            if place.held.isAsHeld(owned, now: now) { return (.known, false) }
            var held = place.held
            guard held.owned.lockEpoch == owned.lockEpoch else {
                place.held = HeldJob(owned: owned, missedBefore: missedBefore, heldSince: now)
                return (.edited(from: held.owned.job), state.arm(name))
            }
            let mayBeOlder = held.isBusy || held.changedAt > readAt
            if mayBeOlder, (owned.edition ?? 0) < (held.owned.edition ?? 0) { return (.known, false) }
            var edited = owned
            var isFreed = false
            let isUncounted = owned.edition == held.owned.edition
            var isEdited = isUncounted && !owned.job.hasRule(of: held.owned.job)
            if mayBeOlder {
                edited.job.nextRunAt = held.owned.job.nextRunAt
                edited.edition = held.owned.edition
            } else {
                isFreed = held.isInDoubt
                held.isInDoubt = false
                if edited.job.nextRunAt != held.owned.job.nextRunAt {
                    held.missedBefore = missedBefore
                    held.mayHaveBegun = true
                    isEdited = isEdited || isUncounted && !held.triedSlots.contains(edited.job.nextRunAt)
                }
                if !isUncounted { held.replaced = nil }
                held.triedSlots = []
            }
            if isEdited {
                held.replaced = held.replaced ?? held.owned.job
                held.mayHaveBegun = true
            }
            let neededSlot = held.needsSlot
            held.needsSlot = HeldJob.needsSlot(edited.job, now: now)
            guard edited != held.owned || held.needsSlot != neededSlot else {
                guard isFreed else { return (.known, false) }
                place.held = held
                _ = state.arm(name)
                return (.known, true)
            }
            let isSameSlot = edited.job.nextRunAt == held.owned.job.nextRunAt
            held.disabledUntil = edited.job.isEnabled && !held.owned.job.isEnabled && isSameSlot ? now : nil
            var same = edited
            same.job.nextRunAt = held.owned.job.nextRunAt
            let novelty: Novelty = same.job != held.owned.job ? .edited(from: held.owned.job) : .known
            held.owned = edited
            held.retryAt = nil
            place.held = held
            return (novelty, held.isBusy ? false : state.arm(name) || isFreed)
        }
        if isEarlier { alarm.ring() }
        return novelty
    }

    /// What a job that was read brings.
    package enum Novelty: Hashable, Sendable {
        /// The definition is as it is held; the next slot may be another.
        case known
        case new
        case edited(from: Job)
    }

    /// Forgets jobs that were lost, deleted or became malformed.
    package func drop(_ names: some Sequence<JobName>) {
        state.withLock { state in
            for name in names {
                state.jobs[name] = nil
                state.releases.remove(name)
            }
        }
    }

    /// Asks that the next waiting run of the job is released if its turn has come.
    ///
    /// Nothing for a job that is not held, or that has no waiting run as far as the last count says and makes none.
    package func requestRelease(_ name: JobName) {
        let isNew = state.withLock { state in
            guard let place = state.jobs[name],
                place.held.mayHaveWaiting || !place.held.owned.job.allowsConcurrentRuns
            else { return false }
            return state.wantRelease(name)
        }
        if isNew { alarm.ring() }
    }

    /// Asks it for every job that may have waiting runs: the safety net for a request that was lost.
    package func requestReleases() {
        let count = state.withLock { state in
            let names = state.jobs.filter { $0.value.held.mayHaveWaiting }.map(\.key)
            for name in names.sorted() where !state.releases.contains(name) { state.wantRelease(name) }
            return names.count
        }
        if count > 0 { alarm.ring() }
    }

    /// Since when the job is held; `nil` = it is not.
    package func heldSince(_ name: JobName) -> Timestamp? {
        state.withLock { $0.jobs[name]?.held.heldSince }
    }

    /// When there is next something to do; `nil` = nothing is in sight.
    package func nextDue() -> Timestamp? {
        state.withLock { state in
            if state.releases.contains(where: { state.jobs[$0]?.held.isFree == true }) { return .earliest }
            return state.firstEntry(onlyByHTTP: false)?.entry.dueAt
        }
    }

    /// Takes what is due, the earliest first, and what asks for a release; marks it busy until ``finish(_:)``.
    ///
    /// With `onlyByHTTP` leaves the jobs alone whose runs go to workers.
    package func takeDue(now: Timestamp, limit: Int, onlyByHTTP: Bool = false) -> [TakenJob] {
        state.withLock { state in
            var batch: [TakenJob] = []
            while batch.count < limit, let (entry, lane) = state.firstEntry(onlyByHTTP: onlyByHTTP), entry.dueAt <= now
            {
                state.heaps[lane.rawValue].removeMin()
                guard let (held, wantsRelease) = state.take(entry.name) else { continue }
                batch.append(TakenJob(held: held, isDue: true, wantsRelease: wantsRelease))
            }
            for _ in 0..<state.turns.count where batch.count < limit {
                guard let name = state.turns.popFirst(), state.releases.contains(name) else { continue }
                guard let place = state.jobs[name], place.held.isFree,
                    !onlyByHTTP || JobTable.Lane(place.held.owned.job.delivery) != .workers,
                    let (taken, _) = state.take(name)
                else {
                    state.turns.append(name)
                    continue
                }
                batch.append(TakenJob(held: taken, isDue: false, wantsRelease: true))
            }
            return batch
        }
    }

    /// Gives jobs back after their batch: where each stands now, or when to try it again.
    package func finish(_ outcomes: [BatchOutcome]) {
        state.withLock { state in
            state.tick += 1
            for outcome in outcomes {
                guard let place = state.jobs[outcome.name], place.held.owned.lockEpoch == outcome.lockEpoch
                else { continue }
                place.held.take(outcome, at: state.tick)
                _ = state.arm(outcome.name)
                if outcome.wantsRelease { state.wantRelease(outcome.name) }
            }
        }
    }
}

extension JobTable.State {
    /// Puts the job into the heap anew.
    ///
    /// Gives whether it is now the first of all.
    fileprivate mutating func arm(_ name: JobName) -> Bool {
        guard let place = jobs[name] else { return false }
        ticket += 1
        place.held.heapTicket = ticket
        guard let dueAt = place.held.dueAt else { return false }
        let lane = JobTable.Lane(place.held.owned.job.delivery).rawValue
        heaps[lane].insert(HeapEntry(dueAt: dueAt, name: name, ticket: ticket))
        return heaps[lane].min?.ticket == ticket
    }

    /// Gives whether nobody had asked for it yet.
    @discardableResult
    fileprivate mutating func wantRelease(_ name: JobName) -> Bool {
        guard releases.insert(name).inserted else { return false }
        turns.append(name)
        if turns.count > 2 * releases.count + 1_000 {
            var seen: Set<JobName> = []
            turns.removeAll { !releases.contains($0) || !seen.insert($0).inserted }
        }
        return true
    }

    fileprivate mutating func take(_ name: JobName) -> (held: HeldJob, wantsRelease: Bool)? {
        guard let place = jobs[name], !place.held.isBusy else { return nil }
        let held = place.held
        place.held.isBusy = true
        return (held, releases.remove(name) != nil)
    }

    fileprivate mutating func firstValidEntry(of lane: JobTable.Lane) -> HeapEntry? {
        while let entry = heaps[lane.rawValue].min {
            if let place = jobs[entry.name], place.held.heapTicket == entry.ticket, !place.held.isBusy { return entry }
            heaps[lane.rawValue].removeMin()
        }
        return nil
    }

    /// The first of both lanes, or of that of requests.
    fileprivate mutating func firstEntry(onlyByHTTP: Bool) -> (entry: HeapEntry, lane: JobTable.Lane)? {
        let request = firstValidEntry(of: .requests)
        guard !onlyByHTTP, let entry = firstValidEntry(of: .workers), !(request.map { $0.dueAt < entry.dueAt } ?? false)
        else { return request.map { ($0, .requests) } }
        return (entry, .workers)
    }
}
