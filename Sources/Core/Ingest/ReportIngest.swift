// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Takes in what workers say: folds a batch of messages into one guarded update per run, and acknowledges only what is
/// stored (or safe in the dead-letter queue).
struct ReportIngest: Sendable {
    let environment: EngineEnvironment
    let holdings: Holdings
    let watch: RunWatch
    let store: any Ownership & RunLedger
    let bus: any ReportSource & DeadLetterSink & HintAnnouncer
    let claimer: JobClaimer
    let finisher: JobFinisher

    /// Runs until the task is cancelled or the bus is closed; what is not stored by then is delivered again.
    ///
    /// Acknowledging goes on beside, in order: a message that has to wait for the dead-letter queue, because the broker
    /// takes nothing, does not keep the effects of later ones waiting.
    func run() async {
        let queue = AcknowledgementQueue()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                while let acknowledgement = await queue.next() {
                    guard await send(acknowledgement.letters) else { return queue.finish() }
                    await acknowledgement.batch.acknowledge()
                }
            }
            while !Task.isCancelled {
                guard let batch = try? await bus.reports(limit: environment.settings.reportBatchSize) else { break }
                watch.ingestLag.batchStarted(at: environment.clock.uptime())
                guard let letters = await takeIn(batch.deliveries) else { break }
                let isFull = batch.deliveries.count >= environment.settings.reportBatchSize
                watch.ingestLag.batchEnded(at: environment.clock.uptime(), isFull: isFull)
                guard await queue.append(Acknowledgement(letters: letters, batch: batch)) else { break }
            }
            queue.finish()
            await group.waitForAll()
        }
    }

    /// The same for what came of runs that somebody has sent, beside: it does not wait for acknowledgements.
    func runOutcomes(of sender: some OutcomeSender) async {
        while !Task.isCancelled {
            let batch = await sender.reports.next(limit: environment.settings.reportBatchSize)
            guard !batch.isEmpty else { continue }
            var letters: [DeadLetter] = []
            tell(batch)
            let reports = batch.map { ($0.message, Delivery(from: .job($0.jobName), kind: .status, body: [])) }
            var runs: [RunID: KnownRun] = [:]
            for report in batch { if let known = report.known { runs[report.key.runID] = known } }
            guard await apply(reports, known: &runs, letters: &letters) else { return }
            for letter in letters {
                environment.logger.log(
                    .error, "cannot store what came of a run",
                    [.job: "\(letter.delivery.workers)", .reason: "\(letter.reason)"])
            }
            for report in batch {
                if let delivery = report.gone { await disable(report.jobName, delivery) }
            }
            await sender.stored(batch, runs)
        }
    }

    /// Tells those who listen to the dialect `clockmonster`.
    private func tell(_ batch: [OutcomeReport]) {
        guard let events = environment.clockMonsterEvents else { return }
        for report in batch where report.isLast {
            guard let call = report.call, !call.isDeadLetter, case .status(let status) = report.message.content else {
                continue
            }
            events.note(status == .completed ? .successful : .failed, job: call.id)
        }
    }

    /// Disables a job whose receiver is gone, unless it was given another meanwhile.
    private func disable(_ name: JobName, _ delivery: JobDelivery) async {
        guard let owned = holdings.table.job(name), owned.job.delivery == delivery else { return }
        let isDone = try? await environment.untilStored("disable a job") { () throws(StoreError) in
            try await store.disable(name, lockEpoch: owned.lockEpoch)
        }
        guard isDone == true else { return }
        environment.logger.log(
            .warning, "disabled a job: its receiver answered 410 Gone, so no slot of it is fired any more",
            [.job: "\(name)"])
        await claimer.note([name])
    }

    /// Brings the whole batch to its effect.
    ///
    /// Gives what cannot be processed; `nil` when it had to give up.
    private func takeIn(_ batch: [Delivery]) async -> [DeadLetter]? {
        var letters: [DeadLetter] = []
        var reports: [(message: WorkerMessage, delivery: Delivery)] = []
        for delivery in batch {
            do throws(MalformedMessage) {
                let message = try WorkerMessage(delivery)
                for note in message.notes { environment.metrics.mended(note) }
                reports.append((message, delivery))
            } catch {
                letters.append(DeadLetter(delivery: delivery, reason: error.reason))
            }
        }
        var runs: [RunID: KnownRun] = [:]
        return await apply(reports, known: &runs, letters: &letters) ? letters : nil
    }

    /// Applies reports until none is in conflict with another writer.
    ///
    /// Begins with the runs that are `known`, as they were at some time, and reads the others; then these are as they were stored
    /// here. What is out of date is a conflict, and read again.
    private func apply(
        _ reports: [(message: WorkerMessage, delivery: Delivery)], known: inout [RunID: KnownRun],
        letters: inout [DeadLetter]
    ) async -> Bool {
        var rest = reports
        while !rest.isEmpty {
            let (round, runs) = (rest, known)
            do {
                let result = try await environment.untilStored("store reports") { () throws(StoreError) in
                    try await applyOnce(round, known: runs)
                }
                guard let result else { return false }
                known.merge(result.stored) { $1 }
                for (message, _) in result.conflicts { known[message.runID] = nil }
                letters += result.letters
                rest = result.conflicts
            } catch {
                guard round.count > 1 else {
                    // The status counts, without what the database will not have.
                    if let bare = bare(round[0].message) {
                        return await apply([(bare, round[0].delivery)], known: &known, letters: &letters)
                    }
                    letters.append(DeadLetter(delivery: round[0].delivery, reason: "cannot be stored: \(error)"))
                    return true
                }
                // One of them makes the database refuse the whole: find out which.
                for single in round {
                    guard await apply([single], known: &known, letters: &letters) else { return false }
                }
                return true
            }
        }
        return true
    }

    private struct Round {
        var letters: [DeadLetter] = []
        var conflicts: [(WorkerMessage, Delivery)] = []
        /// The runs that were changed, as they are now.
        var stored: [RunID: KnownRun] = [:]
    }

    private func applyOnce(
        _ reports: [(message: WorkerMessage, delivery: Delivery)], known: [RunID: KnownRun]
    ) async throws(StoreError) -> Round {
        let now = environment.clock.now()
        let unknown = Set(reports.lazy.map(\.message.runID).filter { known[$0] == nil }).sorted()
        let read = unknown.isEmpty ? [] : try await store.runs(unknown)
        var fold = ReportFold(read, settings: environment.settings, now: now, random: environment.random)
        for (message, _) in reports { if let run = known[message.runID]?.run { fold.begin(run) } }
        let foreign = try await foreignJobs(fold.openJobs)
        func owned(_ name: JobName) -> OwnedJob? { holdings.table.job(name) ?? foreign[name] }
        func terms(_ name: JobName) -> ClockMonsterTerms? {
            holdings.table.clockMonster(of: name) ?? foreign[name]?.job.clockMonster
        }
        var round = Round()
        for (message, delivery) in reports {
            let name = fold.jobName(of: message.runID)
            let verdict = fold.add(message, delivery, job: name.flatMap { owned($0)?.job })
            // Of a run that has changed since, it may be the other way round.
            if known[message.runID] != nil, let verdict, verdict != .applied {
                round.conflicts.append((message, delivery))
            }
            if let verdict, message.sentUnder == nil { environment.metrics.reported(verdict) }
        }
        round.letters = fold.letters
        // Also for those that had ended before: the answer of the write that ended them may have been lost.
        var elsewhere = ForeignNews()
        for run in fold.endedRuns { makeRoom(after: run, foreign[run.jobName]?.job, &elsewhere) }
        var updates: [RunUpdate] = []
        for update in fold.updates {
            // Another attempt is for a run as it is now: its job may have been deleted since, which changes no revision.
            if known[update.before.id] != nil, update.after.isBackingOff {
                round.conflicts += fold.sources(of: update.before.id).map { reports[$0] }
            } else {
                updates.append(update)
            }
        }
        // Before it is known that the run has failed: nobody who takes over afterwards would have a reason to look.
        let lost = updates.filter { $0.after.status == .failed && terms($0.after.jobName) != nil }
        let gone = try await finisher.giveUp(lost.compactMap { owned($0.after.jobName) })
        let outcomes = updates.isEmpty ? [] : try await store.update(updates)
        var ended: [JobName] = []
        for (update, outcome) in zip(updates, outcomes) {
            switch outcome {
            case .applied:
                round.stored[update.after.id] = KnownRun(update.stored)
                if update.after.status.isFinal || update.after.isBackingOff {
                    makeRoom(after: update.after, foreign[update.before.jobName]?.job, &elsewhere)
                }
                if update.after.status.isFinal, terms(update.after.jobName)?.isEndless == false {
                    ended.append(update.after.jobName)
                }
            case .conflict: round.conflicts += fold.sources(of: update.before.id).map { reports[$0] }
            case .rejected(let reason):
                for (message, delivery) in fold.sources(of: update.before.id).map({ reports[$0] }) {
                    if let bare = bare(message) {
                        round.conflicts.append((bare, delivery))
                    } else {
                        round.letters.append(DeadLetter(delivery: delivery, reason: "cannot be stored: \(reason)"))
                    }
                }
            }
        }
        await claimer.note(gone)
        await claimer.note(try await finisher.finish(ended))
        for hint in elsewhere.hints { await bus.announce(hint) }
        return round
    }

    private func bare(_ message: WorkerMessage) -> WorkerMessage? {
        guard let bare = message.bare else { return nil }
        for note in bare.notes.dropFirst(message.notes.count) { environment.metrics.mended(note) }
        return bare
    }

    /// The definitions of jobs that this instance does not hold, or not any more: what they say of attempts counts.
    ///
    /// A job that nobody has locked yet has no runs to report on: these are an earlier job's.
    private func foreignJobs(_ names: some Sequence<JobName>) async throws(StoreError) -> [JobName: OwnedJob] {
        let unknown = Set(names.filter { !holdings.table.holds($0) }).sorted()
        guard !unknown.isEmpty else { return [:] }
        let jobs = try await store.jobs(named: unknown).compactMap(\.owned).filter { !$0.isNew }
        return Dictionary(uniqueKeysWithValues: jobs.map { ($0.job.name, $0) })
    }

    /// An ended run gives its place to the next of its job, and so does one whose next attempt has its time.
    ///
    /// Where another instance holds the job, as it may for each job of a pool, that one has to be told.
    private func makeRoom(after run: Run, _ job: Job?, _ elsewhere: inout ForeignNews) {
        if holdings.table.holds(run.jobName) {
            holdings.table.requestRelease(run.jobName)
            watch.wakeUps.note(run.isBackingOff ? run.retryAt : nil)
        } else {
            elsewhere.note(run, of: job)
        }
    }

    private func send(_ letters: [DeadLetter]) async -> Bool {
        guard !letters.isEmpty else { return true }
        for letter in letters {
            environment.logger.log(
                .warning, "message cannot be processed, sent to the dead-letter queue",
                [.job: "\(letter.delivery.workers)", .reason: "\(letter.reason)"])
        }
        var backoff = Backoff(random: environment.random)
        while !Task.isCancelled {
            do {
                try await bus.deadLetter(letters)
                environment.metrics.count(.deadLetters, by: letters.count)
                return true
            } catch {
                guard error.code != .closed else { return false }
                do { try await environment.clock.sleep(for: backoff.next()) } catch { return false }
            }
        }
        return false
    }
}

/// What one batch has changed of the runs of jobs that this instance does not hold.
private struct ForeignNews {
    private var changed: Set<JobName> = []
    /// How many moments of next attempts are told; the sweep of whoever holds the job finds the others.
    private static let mostRetries = 20

    /// The jobs whose next attempts have their time.
    private var retries: [Timestamp: Set<JobName>] = [:]

    /// A run that has ended, or waits for its next attempt.
    ///
    /// `job` is its job as it was read, if it was: where runs may overlap, nobody waits for an end.
    mutating func note(_ run: Run, of job: Job?) {
        if run.isBackingOff, let retryAt = run.retryAt {
            retries[retryAt, default: []].insert(run.jobName)
        } else if job?.allowsConcurrentRuns != true {
            changed.insert(run.jobName)
        }
    }

    /// What the others are to be told.
    var hints: [ControlHint] {
        let ended = changed.sorted().chunks.map { ControlHint.runsChanged($0) }
        let waiting = retries.sorted { $0.key < $1.key }.prefix(Self.mostRetries).flatMap { time, names in
            names.sorted().chunks.map { ControlHint.runsChanged($0, retryAt: time) }
        }
        return ended + waiting
    }
}

extension [JobName] {
    /// As many as a hint may name, each.
    fileprivate var chunks: [[JobName]] {
        stride(from: 0, to: count, by: ControlHint.maximumJobs).map {
            Array(self[$0..<Swift.min($0 + ControlHint.maximumJobs, count)])
        }
    }
}
