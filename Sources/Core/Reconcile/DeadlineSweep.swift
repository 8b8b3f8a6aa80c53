// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Looks for runs whose deadline has passed and does what is due; the cost is that of what is stuck, not of what exists.
///
/// Each `CLEANUP_INTERVAL`, and before that when a retry is due or a hint says that somebody else has written something.
struct DeadlineSweep: Sendable {
    let environment: EngineEnvironment
    let holdings: Holdings
    let watch: RunWatch
    let store: any Ownership & RunLedger & Tombstones
    let connection: any BusConnection
    let settler: RunSettler
    let claimer: JobClaimer

    /// Sweeps that somebody asks for are not closer together than this.
    private static let shortestPause = Duration.milliseconds(10)
    /// Clocks of those who ask us to look may be ahead of the database server's by this much.
    private static let othersAhead = Duration.seconds(1)

    /// Sweeps until the engine is to stop.
    func run() async {
        let alarm = watch.wakeUps.alarm
        environment.stop.rings(alarm)
        var troubleIsKnown = false
        var nextSweep = environment.clock.uptime() + environment.settings.cleanupInterval
        while !environment.stop.isRaised, !Task.isCancelled {
            await alarm.wait(for: pause(before: nextSweep), clock: environment.clock)
            guard !environment.stop.isRaised else { return }
            let isHinted = watch.wakeUps.next.map { $0 <= environment.clock.now() } ?? false
            guard isHinted || environment.clock.uptime() >= nextSweep else { continue }
            watch.ingestLag.note(await connection.state(), now: environment.clock.now())
            if holdings.lease.isValid {
                do {
                    try await sweep()
                    troubleIsKnown = false
                } catch {
                    note(error, isFirst: !troubleIsKnown)
                    troubleIsKnown = true
                }
            } else {
                _ = watch.wakeUps.take(now: environment.clock.now())
            }
            nextSweep = environment.clock.uptime() + environment.settings.cleanupInterval
            do { try await environment.clock.sleep(for: Self.shortestPause) } catch { return }
        }
    }

    /// Until the next sweep or moment, at least a millisecond: moments are whole ones.
    private func pause(before nextSweep: Duration) -> Duration {
        let sweep = nextSweep - environment.clock.uptime()
        let moment = watch.wakeUps.next.map { max($0, environment.clock.now()) - environment.clock.now() }
        return max(.milliseconds(1), min(sweep, moment ?? sweep))
    }

    /// Goes once through everything that is due.
    func sweep() async throws(StoreError) {
        let now = environment.clock.now()
        let isAsked = watch.wakeUps.take(now: now)
        let limit = isAsked ? now + Self.othersAhead : now
        var last: Run?
        while !environment.stop.isRaised, !Task.isCancelled {
            let page = try await store.dueRuns(
                notAfter: limit, after: last, limit: environment.settings.batchSize)
            guard !page.isEmpty else { return }
            try await rescue(
                page.filter { run in run.deadline.map { $0 <= now } ?? false || Self.isAsked(run) }, now: now)
            last = page.last
        }
    }

    /// Whether somebody else has written it for us to look at.
    private static func isAsked(_ run: Run) -> Bool {
        run.status == .cancelling && run.publishedAt == nil || run.trigger == .manual && run.isUnseen
    }

    private func note(_ error: StoreError, isFirst: Bool) {
        environment.metrics.count(.storeErrors)
        guard isFirst else { return }
        environment.logger.log(.warning, "cannot look for stuck runs, trying again", [.error: "\(error)"])
    }

    private func rescue(_ runs: [Run], now: Timestamp) async throws(StoreError) {
        var held: [JobName: OwnedJob] = [:]
        var foreign: Set<JobName> = []
        for name in Set(runs.filter { !$0.isRetired }.map(\.jobName)) {
            if let owned = holdings.table.job(name) { held[name] = owned } else { foreign.insert(name) }
        }
        await settler.rescue(runs.filter { $0.isRetired || held[$0.jobName] != nil }, jobs: held)
        try await rescueOrphans(runs.filter { !$0.isRetired && foreign.contains($0.jobName) }, of: foreign.sorted())
    }

    /// Runs of jobs that no longer exist have no owner: whoever finds them first brings them to their end.
    private func rescueOrphans(_ runs: [Run], of names: [JobName]) async throws(StoreError) {
        guard !names.isEmpty else { return }
        let moment = environment.clock.now()
        let existing = Set(try await store.jobs(named: names).map(\.id))
        let gone = names.filter { !existing.contains($0.text) }
        guard !gone.isEmpty else { return }
        // Nobody was there when the job was deleted: what else it has left is found by its tombstone. It is of the moment
        // before the look: by now there may be a new job of the name, whose runs are not meant.
        for name in gone {
            try await store.noteDeletion(Deletion(jobName: name, deletedAt: moment))
        }
        await claimer.note(gone)
        await settler.retire(runs.filter { gone.contains($0.jobName) })
    }
}
