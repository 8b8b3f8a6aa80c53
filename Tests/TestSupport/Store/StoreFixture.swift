// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// Values that the checks share: fixed times, ids by number, jobs and runs.
package enum StoreFixture {
    /// The slot of jobs, and when runs are made.
    package static let start = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)

    /// An id by its number.
    package static func manager(_ number: UInt32) -> ManagerID {
        ManagerID(Identifier(high: 0x6a00_0000_0000_0001, low: number))
    }

    /// An id by its number.
    package static func runID(_ number: UInt32) -> RunID {
        RunID(Identifier(high: 0x6b00_0000_0000_0002, low: number))
    }

    /// An unlocked job with an interval of a minute, its slot at ``start``.
    package static func job(_ name: String, _ change: (inout KeptJob) -> Void = { _ in }) throws -> KeptJob {
        var kept = KeptJob(Job(name: try JobName(name), schedule: .every(.seconds(60)), nextRunAt: start))
        change(&kept)
        return kept
    }

    /// A pending run; its slot is in milliseconds from ``start``.
    package static func run(
        _ number: UInt32, _ job: String, slot: Int64? = 0, epoch: Int64 = 1, trigger: RunTrigger = .schedule
    ) throws -> Run {
        Run(
            id: runID(number), jobName: try JobName(job), createdTime: start + .milliseconds(Int64(number)),
            scheduledTime: slot.map { start + .milliseconds($0) }, trigger: trigger, lockEpoch: epoch)
    }
}

extension JobAdvance {
    /// A move of a job, by the first manager with the first epoch; the slots are in milliseconds from ``StoreFixture/start``.
    package static func step(
        _ name: String, _ manager: UInt32 = 1, epoch: Int64 = 1, from: Int64? = 0, to: Int64? = 60_000,
        anchor: Int64? = nil, edition: Int64? = 0, isEdit: Bool = false, endOf: Job? = nil, skips: [SlotSkip] = []
    ) throws -> JobAdvance {
        JobAdvance(
            name: try JobName(name), managerID: StoreFixture.manager(manager), lockEpoch: epoch, edition: edition,
            accountsForEdit: isEdit, from: from.map { StoreFixture.start + .milliseconds($0) },
            to: to.map { StoreFixture.start + .milliseconds($0) },
            anchor: anchor.map { StoreFixture.start + .milliseconds($0) }, endOf: endOf, skips: skips)
    }
}

extension SlotSkip {
    /// Slots a minute apart; the first is in milliseconds from ``StoreFixture/start``.
    package static func skip(_ reason: SkipReason, _ slot: Int64, count: Int64 = 1) -> SlotSkip {
        let first = StoreFixture.start + .milliseconds(slot)
        return SlotSkip(
            reason: reason, firstSlot: first, lastSlot: first + .seconds(60 * (count - 1)), count: count,
            decidedAt: StoreFixture.start + .seconds(1))
    }
}

extension RunLedger {
    /// The run of that id.
    package func run(_ id: RunID) async throws -> Run? {
        try await runs([id]).first
    }
}

extension SlotLedger {
    /// Moves jobs without making runs.
    func advance(_ steps: [JobAdvance]) async throws -> Set<JobName> {
        try await commit(SlotBatch(steps: steps)) { true }.advanced
    }
}
