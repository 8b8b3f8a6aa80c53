// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Logging
import Shared

/// Removes jobs of the dialect `clockmonster` that are over (contract, section 12).
///
/// | a job whose run | is removed |
/// |---|---|
/// | has failed, dead letter included | before that is stored: the run is what would tell others |
/// | was the last of all | when no run of it is left; who takes it over looks, too |
struct JobFinisher: Sendable {
    let environment: EngineEnvironment
    let store: any Ownership

    /// Removes those of the jobs whose run has failed for good; gives which are gone.
    func giveUp(_ jobs: [OwnedJob]) async throws(StoreError) -> [JobName] {
        let lost = jobs.filter { $0.job.clockMonster != nil }
        guard !lost.isEmpty else { return [] }
        environment.logger.log(
            .warning, "jobs are given up and removed: a run has failed as often as it may",
            [.jobs: .firstTen(lost.map(\.job.name.text))])
        let removed = try await remove(lost, onlyIfDone: false)
        // Somebody else has taken them over meanwhile.
        let left = Set(lost.map(\.job.name)).subtracting(removed)
        guard !left.isEmpty else { return removed }
        let found = try await store.jobs(named: left.sorted()).compactMap(\.owned)
        return removed + (try await remove(found.filter { $0.job.clockMonster != nil }, onlyIfDone: false))
    }

    /// Removes those of the jobs that have neither a slot nor a run ahead of them; gives which are gone.
    func finish(_ names: [JobName]) async throws(StoreError) -> [JobName] {
        guard !names.isEmpty else { return [] }
        // As they are stored: what is held may be behind a run that was quick.
        let over = try await store.jobs(named: names).compactMap(\.owned).filter {
            $0.job.clockMonster != nil && $0.job.nextRunAt == nil
        }
        return try await remove(over, onlyIfDone: true)
    }

    private func remove(_ jobs: [OwnedJob], onlyIfDone: Bool) async throws(StoreError) -> [JobName] {
        guard !jobs.isEmpty else { return [] }
        let removed = try await store.remove(jobs, onlyIfDone: onlyIfDone)
        for owned in jobs where removed.contains(owned.job.name) {
            if let terms = owned.job.clockMonster { environment.clockMonsterEvents?.note(.removed, job: terms.id) }
        }
        return removed.sorted()
    }
}
