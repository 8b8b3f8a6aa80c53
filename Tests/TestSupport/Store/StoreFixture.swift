// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

/// Values that the checks share: fixed times, ids by number, documents.
enum StoreFixture {
    static let start = Timestamp(millisecondsSinceEpoch: 1_800_000_000_000)

    static func manager(_ number: UInt32) -> ManagerID {
        ManagerID(Identifier(high: 0x6a00_0000_0000_0001, low: number))
    }

    static func runID(_ number: UInt32) -> RunID {
        RunID(Identifier(high: 0x6b00_0000_0000_0002, low: number))
    }

    static func name(_ text: String) throws -> JobName {
        try JobName(text)
    }

    /// A job document with an interval of a minute, its slot at `start`.
    static func job(_ name: String, _ more: RawDocument = [:]) -> RawDocument {
        let base: RawDocument = [
            "_id": .string(name), "enabled": .bool(true), "interval": .int64(60_000), "nextRunAt": .date(start),
        ]
        return base.merging(more) { $1 }
    }

    static func run(
        _ number: UInt32, _ job: String, slot: Int64? = 0, epoch: Int64 = 1, trigger: RunTrigger = .schedule
    ) throws -> Run {
        Run(
            id: runID(number), jobName: try JobName(job), createdTime: start + .milliseconds(Int64(number)),
            scheduledTime: slot.map { start + .milliseconds($0) }, trigger: trigger, lockEpoch: epoch)
    }
}

extension StoreUnderTest {
    /// Stores runs as they are, in any state.
    func seed(_ runs: [Run]) async throws {
        let stored = try await steps.insertOrAdopt(runs)
        #expect(stored == runs)
    }

    func run(_ id: RunID) async throws -> Run? {
        try await store.runs([id]).first
    }

    func put(_ jobs: [RawDocument]) async throws {
        for job in jobs { try await put("jobs", job) }
    }
}

extension StoredJob {
    var valid: OwnedJob? {
        if case .valid(let job) = self { job } else { nil }
    }

    var malformed: MalformedJob? {
        if case .malformed(let job) = self { job } else { nil }
    }

    var idText: String {
        switch self {
        case .valid(let job): job.job.name.text
        case .malformed(let job): job.id
        }
    }
}
