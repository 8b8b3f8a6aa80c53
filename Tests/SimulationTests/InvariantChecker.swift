// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization
import TestSupport

/// Checks the engine's invariants after every write to the database and every message to the workers.
///
/// The numbers in the rules are those of docs/guarantees.md.
final class InvariantChecker: Sendable {
    private struct State {
        var jobs: [JobName: KeptJob] = [:]
        /// The definitions by which slots are decided: what was edited by hand counts once its owner has accounted for it.
        var inForce: [JobName: Job] = [:]
        /// Jobs that are being edited by hand, in this write.
        var byHand: Set<JobName> = []
        /// Jobs that were ever edited by hand: a step of an owner that did not know of it yet leads along the former row.
        var everByHand: Set<JobName> = []
        /// When the edition or the epoch last rose, which the owner may learn some time later.
        var countedAt: [JobName: Timestamp] = [:]
        /// The job that the API edits, in this write.
        var throughAPI: JobName?
        /// Since when the database has another definition than the one in force.
        var editedByHandAt: [JobName: Timestamp] = [:]
        /// The edits by hand that a write has not accounted for.
        var editsByHand: [JobName: [Timestamp]] = [:]
        /// Jobs whose definition was edited: a run that was decided before may be stored after.
        var edited: Set<JobName> = []
        var edits = 0
        var editedAway: Int64 = 0
        var doubled: Set<RunID> = []
        var runs: [RunID: Run] = [:]
        var slots: [JobName: [Timestamp: RunID]] = [:]
        var skipped: [JobName: [SlotSkip]] = [:]
        var published: [String: ActionMessage] = [:]
        var publishedRuns: Set<RunID> = []
        var openPublished: [JobName: Set<RunID>] = [:]
        /// When the run's latest retry may be published, by attempt.
        var retryTimes: [RunID: (attempt: Int, from: Timestamp)] = [:]
        /// Attempts whose run action has reached a queue.
        var publishedAttempts: Set<PublishedAttempt> = []
        /// Attempts that ended before anybody could know of them.
        var dropped: Set<PublishedAttempt> = []
        var deletedAt: [JobName: Timestamp] = [:]
        /// The epochs in the tombstones that stand.
        var tombstones: [JobName: Int64] = [:]
        /// What the first epoch of a new job must be later than.
        var formerEpochs: [JobName: Int64] = [:]
        var pruned: Set<RunID> = []
        /// Runs in slots that had one before.
        var phantoms: Set<RunID> = []
        var failuresRetried = 0
        /// Requests that went down with the process that had sent them, and were sent again.
        var requestsMadeGood = 0
        /// Whose workers have a run.
        var workers: [RunID: WorkerAddress] = [:]
        /// Attempts after the first that stayed with workers whose job had gone elsewhere.
        var attemptsKept = 0
        /// Jobs that had, at some time, no pool.
        var everWithoutPool: Set<JobName> = []
        var deletions = 0
        var cancelledAtOnce = 0
        var fired = 0
        var skippedCount: Int64 = 0
        var retried = 0
    }

    private struct PublishedAttempt: Hashable {
        let run: RunID
        let attempt: Int
    }

    private let world: SimWorld
    private let state = Mutex(State())

    init(world: SimWorld) {
        self.world = world
    }

    /// How many slots got a run, how many were skipped, and how many runs were started again.
    var summary: (fired: Int, skipped: Int64, retried: Int) {
        state.withLock { ($0.fired, $0.skippedCount, $0.retried) }
    }

    /// How many failed runs were tried again, jobs deleted for good, runs cancelled before anybody knew of them, runs
    /// pruned, and requests made good.
    var lives: (failuresRetried: Int, deletions: Int, cancelledAtOnce: Int, pruned: Int, requestsMadeGood: Int) {
        state.withLock {
            ($0.failuresRetried, $0.deletions, $0.cancelledAtOnce, $0.pruned.count, $0.requestsMadeGood)
        }
    }

    /// How many edits there were, how many slots they took away, and how many of these got a run nevertheless.
    var edits: (made: Int, skipped: Int, doubled: Int) {
        state.withLock { ($0.edits, Int($0.editedAway), $0.doubled.count) }
    }

    /// Makes an edit through the API; gives what `store` gives, whether it did.
    func edit(_ job: JobName, _ store: () -> Bool) -> Bool {
        state.withLock { $0.throughAPI = job }
        let isStored = store()
        state.withLock { state in
            state.throughAPI = nil
            if isStored { state.edits += 1 }
        }
        return isStored
    }

    /// Tells that the next write to the job is an edit by hand.
    func noteEditByHand(of job: JobName) {
        state.withLock { state in
            state.edits += 1
            state.byHand.insert(job)
            state.everByHand.insert(job)
        }
    }

    /// What became of the slots of a job: those that have a run, and the rows of those that have none.
    func outcomes(of job: JobName) -> (fired: Set<Timestamp>, skipped: [SlotSkip]) {
        state.withLock { (Set($0.slots[job, default: [:]].keys), $0.skipped[job] ?? []) }
    }

    /// Whether the action of the run ever reached a worker's queue.
    func wasPublished(_ run: RunID) -> Bool { state.withLock { $0.publishedRuns.contains(run) } }

    /// Whether the run stands at a slot that was skipped: a zombie's insert, which nobody has to publish.
    func isSkipped(_ run: Run) -> Bool {
        guard let slot = run.scheduledTime else { return false }
        return state.withLock { $0.skipped[run.jobName, default: []].contains { $0.holds(slot) } }
    }

    func check(_ change: MemoryStoreChange) {
        switch change {
        case .job(let job): check(job)
        case .run(let run): check(run)
        case .runRemoved(let run): checkRemoval(of: run)
        case .runPruned(let run): checkPruning(of: run)
        case .jobRemoved(let job): noteRemoval(of: job)
        case .deletion(let deletion):
            world.note("tombstone \(deletion)")
            state.withLock {
                $0.deletedAt[deletion.jobName] = deletion.deletedAt
                $0.tombstones[deletion.jobName] = deletion.lockEpoch
            }
        case .deletionRemoved(let deletion):
            state.withLock {
                $0.deletions += 1
                $0.tombstones[deletion.jobName] = nil
                // Nothing is left that the new job's first lock had to be later than.
                let isGone = !$0.runs.values.contains { $0.jobName == deletion.jobName }
                if isGone { $0.formerEpochs[deletion.jobName] = nil }
            }
        case .manager, .managerRemoved: break
        }
    }

    /// 2: what reaches a worker twice is the same, under the same id.
    func check(_ message: ActionMessage, isRequest: Bool = false) {
        state.withLock { state in
            if let before = state.published[message.messageID],
                (before.jobName, before.runID, before.scheduledTime)
                    != (message.jobName, message.runID, message.scheduledTime)
            {
                world.violated("2: two messages differ under the id \(message.messageID)")
            }
            state.published[message.messageID] = message
            guard let run = state.runs[message.runID] else {
                if state.pruned.contains(message.runID) { return }
                return world.violated("2: an action was published for a run that is not stored: \(message.messageID)")
            }
            if !isRequest { checkWorkers(of: run, message, state: &state) }
            guard message.action == .run else { return }
            if state.phantoms.contains(message.runID) {
                world.violated("1: a second run of a slot was published: \(message.runID)")
            }
            state.publishedRuns.insert(message.runID)
            let isEditedAway = state.skipped[run.jobName, default: []].contains { skip in
                skip.reason == .edited && run.scheduledTime.map { skip.holds($0) } ?? false
            }
            if isEditedAway {
                world.note("run \(run.id) of \(run.jobName) was published, whose slot an edit has taken away")
                state.doubled.insert(run.id)
            }
            let attempt = PublishedAttempt(run: message.runID, attempt: message.attempt)
            state.publishedAttempts.insert(attempt)
            if state.dropped.contains(attempt) {
                world.violated("10: run \(message.runID) was published after it was cancelled at once")
            }
            // By the true time: what was begun before the clock was set back may be sent again.
            if let retry = state.retryTimes[message.runID], retry.attempt == message.attempt,
                world.trueTime < retry.from
            {
                world.violated("9: attempt \(message.attempt) of run \(message.runID) came before its time")
            }
            if run.isRetired, let deletedAt = state.deletedAt[run.jobName],
                world.serverTime - deletedAt > Self.longestBlindness
            {
                world.violated("11: run \(run.id) of a deleted job was published")
            }
            if !run.status.isFinal, !run.isRetired { state.openPublished[run.jobName, default: []].insert(run.id) }
        }
        checkConcurrency(of: message.jobName)
    }

    /// 14: whoever was given a run is given all of it.
    private func checkWorkers(of run: Run, _ message: ActionMessage, state: inout State) {
        if let workers = state.workers[run.id], workers != message.workers {
            world.violated("14: run \(run.id) is with \(workers) and a message of it went to \(message.workers)")
        }
        guard message.action == .run else { return }
        state.workers[run.id] = message.workers
        if let job = state.jobs[run.jobName]?.job, message.attempt > 1, job.workers != message.workers {
            state.attemptsKept += 1
        }
    }

    /// 3: what an owner has decided moves a job only under the lock that it was decided under.
    func check(moved steps: [JobAdvance], by process: String) {
        state.withLock { state in
            for step in steps {
                guard let job = state.jobs[step.name],
                    job.managerID != step.managerID || job.lockEpoch != step.lockEpoch
                else { continue }
                world.violated(
                    "3: \(process) moved \(step.name) with epoch \(step.lockEpoch), which is now at \(job.lockEpoch), held by \(job.managerID.map { "\($0)" } ?? "nobody")"
                )
            }
        }
    }

    /// 8: the end of a run that was acknowledged is stored.
    ///
    /// Only of messages that name the attempt: for others nobody can know which one they were for.
    func check(acknowledged deliveries: [Delivery], by process: String) {
        for delivery in deliveries {
            guard let message = try? WorkerMessage(delivery), case .status(let status) = message.content,
                status.isFinal, let run = state.withLock({ $0.runs[message.runID] }), run.attempt == message.attempt,
                run.retryAt == nil, run.status.canBecome(status)
            else { continue }
            world.violated(
                "8: \(process) acknowledged that run \(run.id) is \(status), which is stored as \(run.status)")
        }
    }

    /// How many further attempts stayed with the workers of the first one, although their job went elsewhere.
    var attemptsKept: Int { state.withLock { $0.attemptsKept } }

    /// Whether the job was in a pool, or several, for as long as it is there.
    func wasAlwaysOfPools(_ job: JobName) -> Bool { state.withLock { !$0.everWithoutPool.contains(job) } }

    private func check(_ job: KeptJob) {
        let definition = job.job
        state.withLock { state in
            if definition.workers?.pool == nil { state.everWithoutPool.insert(definition.name) }
            defer { state.jobs[definition.name] = job }
            if !state.everByHand.contains(definition.name) { checkSteps(of: definition) }
            guard let before = state.jobs[definition.name] else {
                state.formerEpochs[definition.name] = state.tombstones[definition.name]
                state.inForce[definition.name] = definition
                return
            }
            if before.isNew, !job.isNew, let former = state.formerEpochs[definition.name], job.lockEpoch <= former {
                world.violated("3: the new job \(definition.name) has an epoch of the former one")
            }
            if job.managerID != before.managerID {
                world.note(
                    "\(definition.name) is held by \(job.managerID.map { "\($0), epoch \(job.lockEpoch)" } ?? "nobody")"
                )
            }
            if job.lockEpoch < before.lockEpoch {
                world.violated("3: the lock epoch of \(definition.name) went back")
            }
            if before.managerID == nil, job.managerID != nil, job.lockEpoch <= before.lockEpoch {
                world.violated("3: \(definition.name) was locked without a new epoch")
            }
            checkSlots(before, job, definition, state: &state)
        }
    }

    private func checkSlots(
        _ before: KeptJob, _ job: KeptJob, _ definition: Job, state: inout State
    ) {
        let name = definition.name
        let rows = Self.newRows(in: job.skips, since: before.skips)
        state.skipped[name, default: []] += rows
        guard var former = state.inForce[name] else { return }
        if before.edition != job.edition || before.job.nextRunAt != definition.nextRunAt {
            let next = definition.nextRunAt.map { "\($0)" } ?? "never"
            world.note("\(name) has edition \(job.edition), \(definition.schedule), its next slot is \(next)")
        }
        // An owner that has not seen the lock, or an edit through the API, before this edit knows nothing of it.
        let mayBeUnknown =
            state.editedByHandAt[name].map { $0 - (state.countedAt[name] ?? .earliest) < Self.longestWait } ?? false
        if before.edition != job.edition || before.lockEpoch != job.lockEpoch {
            state.countedAt[name] = world.serverTime
        }
        if state.byHand.remove(name) != nil {
            state.edited.insert(name)
            // Where nobody holds it, nobody knows what it was.
            guard before.managerID == nil else {
                state.editedByHandAt[name] = state.editedByHandAt[name] ?? world.serverTime
                state.editsByHand[name, default: []].append(world.serverTime)
                return
            }
        } else if before.edition != job.edition {
            state.edited.insert(name)
            // Of what was edited by hand before, the API knows no more than what it found.
            let isKnown = state.editedByHandAt[name] == nil || state.throughAPI != name
            if state.throughAPI != name, mayBeUnknown, loses(former, in: definition, rows, state),
                !loses(before.job, in: definition, rows, state)
            {
                former = before.job
            }
            if isKnown { checkEdit(of: former, to: definition, rows: rows, state: &state) }
        } else if before.lockEpoch == job.lockEpoch {
            if before.job.nextRunAt != definition.nextRunAt {
                if mayBeUnknown, case let stored = before.job,
                    stored.nextRunAt != former.nextRunAt || misses(former, to: definition.nextRunAt, rows, state),
                    !misses(stored, to: definition.nextRunAt, rows, state)
                {
                    former = stored
                    state.editedByHandAt[name] = nil
                }
                if let from = former.nextRunAt {
                    checkOutcomes(
                        of: former, from: from, to: definition.nextRunAt, rows: rows, epoch: job.lockEpoch,
                        state: &state)
                }
                former.nextRunAt = definition.nextRunAt
                state.inForce[name] = former
            }
            return
        }
        state.inForce[name] = definition
        // Of several, its owner may have seen the earlier ones only.
        let edits = state.editsByHand[name] ?? []
        let unseen = edits.count > 1 ? edits.last.flatMap { world.serverTime - $0 < Self.longestWait ? $0 : nil } : nil
        state.editedByHandAt[name] = unseen
        state.editsByHand[name] = unseen.map { [$0] }
    }

    /// 4, by arithmetic: where no clock is put, steps of a day are whole days from the slot that was set.
    private func checkSteps(of job: Job) {
        guard case .calendar(let calendar) = job.schedule, calendar.step == CalendarStep(1, .days),
            ["UTC", "Asia/Kolkata"].contains(calendar.zone.name), let anchor = job.anchor, let next = job.nextRunAt
        else { return }
        if next < anchor || (next - anchor).milliseconds % 86_400_000 != 0 {
            world.violated("4: the next slot of \(job.name) is \(next), which is no whole days from \(anchor)")
        }
    }

    /// Until then an owner has seen what was written.
    private static let longestWait = Duration.seconds(6)

    private func misses(_ job: Job, to: Timestamp?, _ rows: [SlotSkip], _ state: State) -> Bool {
        var slot = job.nextRunAt.flatMap { job.firstSlot(from: $0) }
        while let current = slot, to.map({ current < $0 }) ?? true {
            if state.slots[job.name]?[current] == nil, !rows.contains(where: { $0.holds(current) }) { return true }
            slot = job.slot(after: current)
        }
        return false
    }

    private func loses(_ former: Job, in edited: Job, _ rows: [SlotSkip], _ state: State) -> Bool {
        var slot = former.nextRunAt.flatMap { former.firstSlot(from: $0) }
        while let current = slot, current <= world.serverTime {
            let isKept = edited.nextRunAt.map { $0 <= current && edited.firstSlot(from: current) == current } ?? false
            let isKnown = state.slots[former.name]?[current] != nil || rows.contains { $0.holds(current) }
            if !isKept, !isKnown { return true }
            slot = former.slot(after: current)
        }
        return false
    }

    /// 1: of the slots that had been reached, the edited job still has some; each of the others has a run, or was skipped by
    /// the very write.
    private func checkEdit(of former: Job, to edited: Job, rows: [SlotSkip], state: inout State) {
        let now = world.serverTime
        // What was reached later was no slot any more, though its owner may have taken it for one.
        let limit = state.editedByHandAt[former.name] ?? now
        var kept: Set<Timestamp> = []
        var next = edited.nextRunAt.flatMap { edited.firstSlot(from: $0) }
        while let slot = next, slot <= now {
            kept.insert(slot)
            next = edited.slot(after: slot)
        }
        next = former.nextRunAt.flatMap { former.firstSlot(from: $0) }
        while let slot = next, slot <= now {
            let run = state.slots[former.name]?[slot]
            let skips = rows.filter { $0.holds(slot) }
            switch (run, skips.count) {
            case _ where kept.contains(slot):
                if !skips.isEmpty { world.violated("1: slot \(slot) of \(former.name) is skipped, and still to come") }
            case (nil, 1): state.editedAway += 1
            case (let run?, 1):
                // About to be taken back: the step that it belongs to cannot be made any more.
                world.note("the edit of \(former.name) skips slot \(slot), for which a run was stored")
                if state.publishedRuns.contains(run) {
                    world.violated("1: slot \(slot) of \(former.name) has a run and is skipped by an edit")
                }
                state.editedAway += 1
            case (_?, 0): state.fired += 1
            case (nil, 0) where slot > limit: break
            default: world.violated("1: an edit of \(former.name) loses slot \(slot): \(rows)")
            }
            next = former.slot(after: slot)
        }
    }

    /// 1 and 4: every slot that was passed has exactly one outcome, and the next is later.
    private func checkOutcomes(
        of job: Job, from: Timestamp, to: Timestamp?, rows: [SlotSkip], epoch: Int64, state: inout State
    ) {
        if let to, to <= from { world.violated("4: the next slot of \(job.name) went from \(from) to \(to)") }
        var slot = job.firstSlot(from: from)
        while let current = slot, to.map({ current < $0 }) ?? true {
            let hasRun = state.slots[job.name]?[current] != nil
            let skip = rows.first { $0.holds(current) }
            switch (hasRun, skip) {
            case (true, nil): state.fired += 1
            case (false, _?): state.skippedCount += 1
            case (false, nil): world.violated("1: slot \(current) of \(job.name) has no outcome")
            case (true, let skip?):
                // The insert of an owner that had lost the lock, and has to take it back: no outcome (docs/guarantees.md).
                if let id = state.slots[job.name]?[current], let run = state.runs[id], run.lockEpoch < epoch {
                    world.note("a zombie's run stands at the skipped slot \(current) of \(job.name)")
                    break
                }
                world.violated("1: slot \(current) of \(job.name) has a run and is skipped (\(skip.reason))")
            }
            slot = job.slot(after: current)
        }
        if job.schedule != .once, to == nil, job.endAt == nil { world.violated("4: \(job.name) has no next slot") }
    }

    /// A process that is paused may not see a deletion for so long.
    private static let longestBlindness = Duration.seconds(20)

    private func noteRemoval(of job: KeptJob) {
        world.note("\(job.id) is deleted")
        let name = job.job.name
        state.withLock { state in
            state.jobs[name] = nil
            state.inForce[name] = nil
            state.byHand.remove(name)
            state.skipped[name] = nil
            state.slots[name] = nil
            // A new job of the name has its own place.
            state.openPublished[name] = nil
        }
    }

    /// Retention: only what has ended goes, and never the run that keeps a slot from a second one.
    private func checkPruning(of run: Run) {
        state.withLock { state in
            state.runs[run.id] = nil
            state.pruned.insert(run.id)
            if !run.status.isFinal { world.violated("12: the run \(run.id) was pruned before its end") }
        }
    }

    /// 9 and 10: the history of attempts is whole, and failures are tried again only as often as allowed.
    private func checkAttempts(_ before: Run, _ run: Run, state: inout State) {
        let isNext = run.attempt == before.attempt + 1
        if run.attempt != before.attempt {
            let last = run.attempts.last
            if !isNext || last?.attempt != before.attempt || ![.failed, .lost].contains(last?.status) {
                world.violated("9: run \(run.id) came to attempt \(run.attempt) without the end of the one before")
            }
            if last?.status == .lost, before.isByHTTP { state.requestsMadeGood += 1 }
            if last?.status == .failed {
                state.failuresRetried += 1
                if run.attempt > state.jobs[run.jobName]?.job.maxAttempts ?? .max {
                    world.violated("9: run \(run.id) was tried more often than allowed")
                }
            }
        }
        let numbers = run.attempts.map(\.attempt)
        if numbers != Set(numbers).sorted() || numbers.count > RunAttempt.kept {
            world.violated("9: the attempts of run \(run.id) are \(numbers)")
        }
        if run.isBackingOff, let from = run.retryAt { state.retryTimes[run.id] = (run.attempt, from) }
        guard run.status == .cancelled, before.status != .cancelled, numbers.last != run.attempt else { return }
        // What queued again after a crash may have been published; nobody can know.
        guard !before.isWaiting || before.isUnseen else { return }
        let attempt = PublishedAttempt(run: run.id, attempt: run.attempt)
        state.cancelledAtOnce += 1
        state.dropped.insert(attempt)
        if state.publishedAttempts.contains(attempt) {
            world.violated("10: run \(run.id) was cancelled at once although it was published")
        }
    }

    private func check(_ run: Run) {
        let before = state.withLock { state in
            let before = state.runs[run.id]
            state.runs[run.id] = run
            if let before { checkAttempts(before, run, state: &state) } else { checkNew(run, state: &state) }
            if run.isRetired, let slot = run.scheduledTime, state.slots[run.jobName]?[slot] == run.id {
                state.slots[run.jobName]?[slot] = nil
            }
            // From the failure to the next attempt it takes no place.
            if run.isRetired || run.isBackingOff { state.openPublished[run.jobName]?.remove(run.id) }
            if run.status.isFinal { state.openPublished[run.jobName]?.remove(run.id) }
            if run.attempt > (before?.attempt ?? run.attempt) { state.retried += 1 }
            return before
        }
        world.detail(
            "\(run.jobName) run \(run.id) is \(run.status)\(run.isWaiting ? ", waiting" : ""), attempt \(run.attempt), "
                + "epoch \(run.lockEpoch), published \(run.publishedAt != nil)")
        if let before, before.status != run.status, !before.status.canBecome(run.status) {
            world.violated("5: run \(run.id) went from \(before.status) to \(run.status)")
        }
        if let before, before.status.isFinal {
            var same = run
            same.lockEpoch = before.lockEpoch
            same.isRetired = before.isRetired
            if same != before { world.violated("5: the final run \(run.id) was changed") }
        }
        if let before, run.attempt < before.attempt { world.violated("5: run \(run.id) went back to an older attempt") }
        if run.deadline == nil, !run.status.isFinal, !run.isWaiting,
            run.unpublishedAction != nil || run.isBackingOff
        {
            world.violated("7: run \(run.id) is to be published and nobody has to")
        }
    }

    /// 1 and 4: one run per slot, never early; 6: never more pending than allowed.
    private func checkNew(_ run: Run, state: inout State) {
        guard let slot = run.scheduledTime else { return }
        switch state.slots[run.jobName]?[slot] {
        case let other? where other != run.id && state.pruned.contains(other):
            // An owner that does not know yet that its last advance was stored: it has to take the run back. One that was given
            // up for dead may die before it can: docs/guarantees.md, "An insert that arrives after its sender …".
            world.note("run \(run.id) was made for slot \(slot) of \(run.jobName), whose run was pruned")
            if run.lockEpoch >= state.jobs[run.jobName]?.lockEpoch ?? 0 { state.phantoms.insert(run.id) }
        case let other? where other != run.id:
            world.violated("1: slot \(slot) of \(run.jobName) has two runs")
        default:
            state.slots[run.jobName, default: [:]][slot] = run.id
        }
        let isEdited = state.edited.contains(run.jobName)
        let dueAt = isEdited ? slot : state.jobs[run.jobName]?.job.dueAt(slot) ?? slot
        if dueAt > world.serverTime || run.createdTime < dueAt {
            world.violated("4: run \(run.id) of slot \(slot) was made early, at \(world.serverTime)")
        }
        if let rows = state.skipped[run.jobName], rows.contains(where: { $0.holds(slot) }) {
            // A zombie's insert, to be withdrawn: its publication is the violation, see above.
            world.note("a run was made for the skipped slot \(slot) of \(run.jobName)")
        }
    }

    /// 2: only what was never published may be withdrawn.
    private func checkRemoval(of run: Run) {
        state.withLock { state in
            state.runs[run.id] = nil
            if let slot = run.scheduledTime, state.slots[run.jobName]?[slot] == run.id {
                state.slots[run.jobName]?[slot] = nil
            }
            if state.publishedRuns.contains(run.id) {
                world.violated("2: the published run \(run.id) was withdrawn")
            }
        }
    }

    /// 6: of a serial job's runs at most one is published and not ended.
    private func checkConcurrency(of name: JobName) {
        state.withLock { state in
            guard state.jobs[name]?.job.allowsConcurrentRuns == false else { return }
            let open = state.openPublished[name] ?? []
            if open.count > 1 {
                world.violated("6: \(open.count) runs of the serial job \(name) are published and not ended")
            }
        }
    }

    private static func newRows(in rows: [SlotSkip], since old: [SlotSkip]) -> [SlotSkip] {
        for count in 0...rows.count where Array(rows.dropLast(count)) == Array(old.suffix(rows.count - count)) {
            return Array(rows.suffix(count))
        }
        return rows
    }
}

extension SlotSkip {
    fileprivate func holds(_ slot: Timestamp) -> Bool { firstSlot <= slot && slot <= lastSlot }
}
