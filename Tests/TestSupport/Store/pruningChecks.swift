// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

let pruningChecks = [
    StoreCheck("what ended longer ago than the job's retention is pruned, and nothing else") { sut in
        let now = try await sut.store.serverTime()
        let past = now - .seconds(100)
        try await sut.door.put([
            try StoreFixture.job("keeps") { $0.job.nextRunAt = now },
            try StoreFixture.job("prunes") {
                ($0.job.nextRunAt, $0.job.retention) = (past + .milliseconds(500), .seconds(60))
            },
        ])
        func run(_ number: UInt32, _ job: String, _ change: (inout Run) -> Void = { _ in }) throws -> Run {
            var run = try StoreFixture.run(number, job, slot: nil, trigger: .manual)
            run.createdTime = past
            run.status = .completed
            run.endTime = past
            change(&run)
            return run
        }
        func slot(_ run: inout Run, _ offset: Int64) {
            run.scheduledTime = past + .milliseconds(offset)
            run.trigger = .schedule
        }
        let old = [
            try run(1, "prunes"), try run(2, "prunes") { $0.status = .failed },
            try run(3, "prunes") { $0.status = .cancelled }, try run(4, "prunes") { slot(&$0, 499) },
        ]
        let kept = [
            try run(5, "keeps"), try run(6, "gone"),
            try run(7, "prunes") { $0.endTime = now },
            try run(8, "prunes") {
                $0.status = .running
                $0.endTime = nil
            },
            // Its slot is not decided for good.
            try run(9, "prunes") { slot(&$0, 500) },
        ]
        try await sut.door.put(old + kept)
        #expect(try await sut.store.pruneRuns(ofJobsAfter: nil, limit: 100) == PrunedRuns(count: 4, position: nil))
        #expect(try await sut.store.runs((1...9).map { StoreFixture.runID($0) }).map(\.id).sorted() == kept.map(\.id))
        #expect(try await sut.store.pruneRuns(ofJobsAfter: nil, limit: 100) == PrunedRuns(count: 0, position: nil))
    },
    StoreCheck("pruning goes in steps, and comes round over any number of jobs") { sut in
        let past = try await sut.store.serverTime() - .seconds(100)
        let names = (0..<130).map { "job\(1_000 + $0)" }
        try await sut.door.put(names.map { try StoreFixture.job($0) { $0.job.retention = .milliseconds(1) } })
        var runs: [Run] = []
        for (index, name) in names.enumerated() where index % 10 == 9 || index == 0 {
            for number in 0..<3 {
                var run = try StoreFixture.run(UInt32(index * 10 + number), name, slot: nil, trigger: .manual)
                run.createdTime = past
                run.status = .completed
                run.endTime = past
                runs.append(run)
            }
        }
        try await sut.door.put(runs)
        var counts: [Int] = []
        var position: String?
        repeat {
            let step = try await sut.store.pruneRuns(ofJobsAfter: position, limit: 10)
            counts.append(step.count)
            position = step.position
        } while position != nil && counts.count < 50
        #expect(counts.reduce(0, +) == runs.count)
        #expect(counts.allSatisfy { $0 <= 10 })
        #expect(try await sut.store.runs(runs.map(\.id)).isEmpty)
    },
]
