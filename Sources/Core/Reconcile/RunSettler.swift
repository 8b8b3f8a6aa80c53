// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Brings the runs of a job in order when it comes into new hands, is edited, or is gone.
struct RunSettler: Sendable {
    let environment: EngineEnvironment
    let holdings: Holdings
    let watch: RunWatch
    let ledger: any RunLedger
    let outlets: Outlets
    let subscriptions: any JobSubscriptions

    /// Adopts what is unfinished of these jobs' runs: publishes what was not published, sets missing deadlines, acts on
    /// those that have passed, and has waiting runs released whose turn has come.
    ///
    /// With `everyRun` looks at what is in order, too: the time-outs have changed. Documents of the Go program have
    /// neither deadline nor mark; this is where they get them.
    func settle(_ jobs: [OwnedJob], everyRun: Bool = false) async {
        guard !jobs.isEmpty else { return }
        // What leaves by HTTP does not wait for the broker.
        await settle(jobs.filter { $0.job.delivery.http != nil }, everyRun: true, needsRoom: false)
        await settle(jobs.filter { $0.job.delivery.amqp != nil }, everyRun: true, needsRoom: true)
        await listenToOwnWorkers(of: jobs.filter { $0.job.workers?.pool != nil }.map(\.job.name))
        await settle(jobs.filter(\.job.delivery.isWorker), everyRun: everyRun, needsRoom: true)
        for owned in jobs { holdings.table.requestRelease(owned.job.name) }
    }

    private func settle(_ jobs: [OwnedJob], everyRun: Bool, needsRoom: Bool) async {
        let byName = Dictionary(uniqueKeysWithValues: jobs.map { ($0.job.name, $0) })
        let limit = environment.settings.batchSize
        for start in stride(from: 0, to: jobs.count, by: limit) {
            let names = jobs[start..<min(start + limit, jobs.count)].map(\.job.name)
            await eachPage(needsRoom: needsRoom) { (last) throws(StoreError) in
                everyRun
                    ? try await ledger.activeRuns(of: names, after: last, limit: limit)
                    : try await ledger.unsettledRuns(of: names, after: last, limit: limit)
            } apply: { runs in
                await listenToWorkers(of: runs.filter { byName[$0.jobName]?.job.delivery.isWorker == false })
                await rescue(runs, jobs: byName)
            }
        }
    }

    /// Workers may still be at runs of a job that leaves otherwise since an edit; to pools with runs the ``JobClaimer`` listens.
    private func listenToWorkers(of runs: [Run]) async {
        let jobs = Set(runs.filter(\.mayBeWithOwnWorkers).map(\.jobName))
        if !jobs.isEmpty { await subscriptions.subscribe(jobs.sorted().map { .job($0) }) }
    }

    /// The same for jobs of pools, whose runs need not be read otherwise.
    private func listenToOwnWorkers(of jobs: [JobName]) async {
        let limit = environment.settings.batchSize
        for start in stride(from: 0, to: jobs.count, by: limit) {
            let names = Array(jobs[start..<min(start + limit, jobs.count)])
            do {
                let found = try await environment.untilStored("read runs") { () throws(StoreError) in
                    try await ledger.jobsWithOwnWorkers(among: names)
                }
                guard let found else { return }
                if !found.isEmpty { await subscriptions.subscribe(found.sorted().map { .job($0) }) }
            } catch {
                environment.logger.log(.error, "cannot read runs", [.error: "\(error)"])
            }
        }
    }

    /// Does for these runs what is due by the rules of their jobs, see ``RunRescue``.
    func rescue(_ runs: [Run], jobs: [JobName: OwnedJob]) async {
        let now = environment.clock.now()
        let receivingSince = watch.ingestLag.since(now: now)
        let ingestedUntil = watch.ingestLag.until(at: environment.clock.uptime(), now: now)
        await rescue(runs.filter { !$0.isRetired }, jobs: jobs) { run, job, isLost in
            RunRescue.of(
                run, job: job, now: now, receivingSince: max(receivingSince, holdings.table.heldSince(job.name) ?? now),
                ingestedUntil: ingestedUntil, isLost: isLost, settings: environment.settings)
        }
        let retired = runs.filter(\.isRetired)
        if !retired.isEmpty { await retire(retired) }
    }

    /// Ends runs whose job was deleted: cancels what a worker may have, drops what surely nobody has begun.
    ///
    /// `timeouts` gives the heartbeat time-outs of the deleted jobs, where they are known.
    func retire(_ runs: [Run], timeouts: [JobName: Duration] = [:]) async {
        var jobs: [JobName: OwnedJob] = [:]
        for name in Set(runs.map(\.jobName)) {
            let job = Job(name: name, schedule: .once, nextRunAt: nil, heartbeatTimeout: timeouts[name] ?? .zero)
            jobs[name] = OwnedJob(job: job, managerID: nil, lockEpoch: 0)
        }
        let now = environment.clock.now()
        let receivingSince = watch.ingestLag.since(now: now)
        let ingestedUntil = watch.ingestLag.until(at: environment.clock.uptime(), now: now)
        await rescue(runs, jobs: jobs) { run, job, _ in
            RunRescue.ofDeletedJob(
                run, job: job, now: now, receivingSince: receivingSince, ingestedUntil: ingestedUntil,
                settings: environment.settings)
        }
    }

    /// Writes what `decide` makes of each run and publishes what is then called for; runs on their way are left alone.
    ///
    /// A request whose answer is not expected here was lost with the process that sent it: it was sent under an earlier lock, or
    /// under this one. What was sent under a later one is another's, who has taken the job over.
    private func rescue(_ runs: [Run], jobs: [JobName: OwnedJob], decide: (Run, Job, _ isLost: Bool) -> Run) async {
        var updates: [RunUpdate] = []
        for run in runs {
            guard let owned = jobs[run.jobName], await !outlets.isPending(run) else { continue }
            var isLost =
                run.isByHTTP && run.accepted == nil && run.status == .running && run.lockEpoch <= owned.lockEpoch
            if isLost, await outlets.requests.isAtWork(run) { isLost = false }
            var rescued = decide(run, owned.job, isLost)
            if rescued.status == .cancelling, rescued.unpublishedAction == .cancel, await outlets.withdraw(run) {
                rescued = RunRescue.ofUnsent(rescued, now: environment.clock.now())
            }
            if rescued != run { updates.append(RunUpdate(before: run, after: rescued)) }
        }
        guard !updates.isEmpty else { return }
        do {
            let outcomes = try await environment.untilStored("rescue") { () throws(StoreError) in
                try await ledger.update(updates)
            }
            guard let outcomes else { return }
            await follow(zip(updates, outcomes).filter { $0.1 == .applied }.map(\.0), jobs: jobs)
        } catch {
            environment.logger.log(.error, "cannot rescue runs", [.error: "\(error)"])
        }
    }

    private func follow(_ applied: [RunUpdate], jobs: [JobName: OwnedJob]) async {
        let now = environment.clock.now()
        for update in applied where update.after.isWaiting {
            holdings.table.requestRelease(update.after.jobName)
        }
        for update in applied where update.after.isBackingOff { watch.wakeUps.note(update.after.retryAt) }
        for update in applied where update.after.status != update.before.status {
            environment.metrics.rescued(to: update.after.status)
            environment.logger.log(
                .warning, "run rescued",
                [
                    .job: "\(update.after.jobName)", .run: "\(update.after.id)",
                    .from: "\(update.before.status.rawValue)", .to: "\(update.after.status.rawValue)",
                    .attempt: "\(update.after.attempt)",
                    .reason: "\(update.after.error ?? update.after.attempts.last?.error ?? "told to stop")",
                ])
            if update.after.status.isFinal { holdings.table.requestRelease(update.after.jobName) }
        }
        await outlets.enqueue(
            applied.compactMap { update in
                jobs[update.after.jobName].flatMap {
                    PendingAction(
                        update.after, of: $0, now: now, isFirstHand: update.before.isUnseen,
                        settings: environment.settings)
                }
            })
    }

    private func eachPage(
        needsRoom: Bool, _ read: (RunID?) async throws(StoreError) -> [Run], apply: ([Run]) async -> Void
    ) async {
        var last: RunID?
        while !environment.stop.isRaised {
            if needsRoom, await !outlets.hasRoom {
                do { try await environment.clock.sleep(for: .milliseconds(100)) } catch { return }
                continue
            }
            let page: [Run]?
            do {
                page = try await environment.untilStored("read runs") { () throws(StoreError) in try await read(last) }
            } catch {
                environment.logger.log(.error, "cannot read runs", [.error: "\(error)"])
                return
            }
            guard let page, !page.isEmpty else { return }
            await apply(page)
            last = page.last?.id
        }
    }
}
