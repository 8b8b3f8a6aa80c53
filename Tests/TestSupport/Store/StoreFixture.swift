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
