// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Looks for runs whose deadline has passed and does what is due; the cost is that of what is stuck, not of what exists.
package struct RunRescuer: Sendable {
    let context: EngineContext
    let settler: RunSettler

    /// Sweeps until the engine is to stop.
    package func run() async {
        let alarm = Alarm()
        context.stop.rings(alarm)
        while !context.stop.isRaised, !Task.isCancelled {
            await alarm.wait(for: context.settings.cleanupInterval, clock: context.clock)
            context.hearing.note(await context.bus.state(), now: context.clock.now())
            guard context.lease.isValid, !context.stop.isRaised else { continue }
            await sweep()
        }
    }

    /// Goes once through everything that is due.
    package func sweep() async {
        let now = context.clock.now()
        var last: Run?
        while !context.stop.isRaised, !Task.isCancelled {
            guard
                let page = try? await context.store.dueRuns(
                    notAfter: now, after: last, limit: context.settings.batchSize),
                !page.isEmpty
            else { return }
            await rescue(page, now: now)
            last = page.last
        }
    }

    private func rescue(_ runs: [Run], now: Timestamp) async {
        var held: [JobName: OwnedJob] = [:]
        var foreign: Set<JobName> = []
        for name in Set(runs.map(\.jobName)) {
            if let owned = context.table.job(name) { held[name] = owned } else { foreign.insert(name) }
        }
        await settler.rescue(runs.filter { held[$0.jobName] != nil }, jobs: held)
        await rescueOrphans(runs.filter { foreign.contains($0.jobName) }, of: foreign.sorted(), now: now)
    }

    /// Runs of jobs that no longer exist have no owner: whoever finds them first brings them to their end.
    private func rescueOrphans(_ runs: [Run], of names: [JobName], now: Timestamp) async {
        guard !names.isEmpty, let stored = try? await context.store.jobs(named: names) else { return }
        let existing = Set(stored.map(\.id))
        var orphaned: [JobName: OwnedJob] = [:]
        for name in names where !existing.contains(name.text) {
            orphaned[name] = OwnedJob(
                job: Job(name: name, schedule: .once, nextRunAt: nil), managerID: nil, lockEpoch: 0)
        }
        guard !orphaned.isEmpty else { return }
        await settler.rescue(runs.filter { orphaned[$0.jobName] != nil }, jobs: orphaned) { run, job in
            RunRescue.ofDeletedJob(run, job: job, now: now, settings: context.settings)
        }
    }
}
