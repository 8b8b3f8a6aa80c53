// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

private func make(_ number: UInt32, _ job: String = "a", _ change: (inout Run) -> Void) throws -> Run {
    var run = try StoreFixture.run(number, job, slot: Int64(number))
    change(&run)
    return run
}

let runQueryChecks = [
    StoreCheck("due runs come by deadline and id, in pages, whoever owns them") { sut in
        let start = StoreFixture.start
        let runs = [
            try make(5) { $0.deadline = start }, try make(2, "b") { $0.deadline = start },
            try make(9) { $0.deadline = start }, try make(1) { $0.deadline = start + .seconds(1) },
            try make(3) { $0.deadline = start + .seconds(2) }, try make(4) { $0.deadline = nil },
            try make(7) {
                $0.status = .failed
                $0.deadline = start - .seconds(1)
            },
        ]
        try await sut.door.put(runs)
        let expected: [UInt32] = [7, 2, 5, 9, 1]
        var pages: [Run] = []
        for _ in 0..<3 {
            pages += try await sut.store.dueRuns(notAfter: start + .seconds(1), after: pages.last, limit: 2)
        }
        #expect(pages.map(\.id) == expected.map { StoreFixture.runID($0) })
        #expect(try await sut.store.dueRuns(notAfter: start + .seconds(1), after: pages.last, limit: 2).isEmpty)
        #expect(try await sut.store.dueRuns(notAfter: start - .seconds(2), after: nil, limit: 2).isEmpty)
        #expect(try await sut.store.dueRuns(notAfter: .latest, after: nil, limit: 100).count == 6)
        #expect(try await sut.store.dueRuns(notAfter: start - .seconds(1), after: pages[1], limit: 9).isEmpty)
    },
    StoreCheck("unsettled are the runs without deadline or mark that are not ended, and wait for nothing that comes") {
        sut in
        let start = StoreFixture.start
        let runs = [
            try make(9) { _ in },
            try make(1) { $0.deadline = start },
            try make(2) { $0.publishedAt = start },
            try make(3) {
                $0.publishedAt = start
                $0.deadline = start
            },
            try make(4) { $0.isWaiting = true },
            try make(10) {
                $0.isWaiting = true
                $0.isRetired = true
            },
            try make(5) { $0.status = .completed },
            try make(6) { $0.status = .running },
            try make(7, "b") { $0.status = .cancelling },
            try make(8, "c") { _ in },
        ]
        try await sut.door.put(runs)
        let jobs = try ["a", "b", "none"].map { try JobName($0) }
        var pages: [Run] = []
        for _ in 0..<3 { pages += try await sut.store.unsettledRuns(of: jobs, after: pages.last?.id, limit: 2) }
        #expect(pages.map(\.id) == [1, 2, 6, 7, 9, 10].map { StoreFixture.runID($0) })
        #expect(pages.first == runs[1])
        #expect(try await sut.store.unsettledRuns(of: jobs, after: pages.last?.id, limit: 2).isEmpty)
    },
    StoreCheck("active runs are all that are not ended, by id, in pages") { sut in
        try await sut.door.put([
            try make(4) { _ in }, try make(1) { $0.isWaiting = true }, try make(2) { $0.status = .completed },
            try make(3, "b") { $0.status = .cancelling }, try make(5, "c") { _ in },
        ])
        let jobs = try ["a", "b"].map { try JobName($0) }
        let first = try await sut.store.activeRuns(of: jobs, after: nil, limit: 2)
        let second = try await sut.store.activeRuns(of: jobs, after: first.last?.id, limit: 2)
        #expect(first.map(\.id) == [1, 3].map { StoreFixture.runID($0) })
        #expect(second.map(\.id) == [StoreFixture.runID(4)])
    },
    StoreCheck("pools are in use as long as a run that has not ended is with them, whoever has its job") { sut in
        let pools = try ["p1", "p2", "p3"].map { try PoolName($0) }
        #expect(try await sut.store.poolsInUse().isEmpty)
        try await sut.door.put([
            try make(1) { $0.workers = .pool(pools[0]) },
            try make(2, "b") {
                $0.workers = .pool(pools[0])
                $0.status = .running
            },
            try make(3, "c") {
                $0.workers = .pool(pools[1])
                $0.status = .completed
            },
            try make(4, "d") {
                $0.workers = .pool(pools[2])
                $0.status = .cancelling
                $0.isRetired = true
            },
            try make(5, "e") { $0.workers = .job($0.jobName) }, try make(6, "f") { _ in },
        ])
        #expect(try await sut.store.poolsInUse() == [pools[0], pools[2]])
        let ended = try #require(try await sut.store.run(StoreFixture.runID(4)))
        var after = ended
        after.status = .cancelled
        #expect(try await sut.store.update([RunUpdate(before: ended, after: after)]) == [.applied])
        #expect(try await sut.store.poolsInUse() == [pools[0]])
    },
    StoreCheck("jobs with workers of their own are those that have a run with them that has not ended") { sut in
        let pool = try PoolName("p")
        try await sut.door.put([
            try make(1, "a") { $0.workers = .pool(pool) }, try make(2, "b") { $0.workers = .job($0.jobName) },
            try make(3, "b") {
                $0.workers = .job($0.jobName)
                $0.status = .cancelling
            },
            try make(4, "c") {
                $0.workers = .job($0.jobName)
                $0.status = .failed
            },
            try make(5, "d") { _ in }, try make(6, "e") { $0.workers = .job($0.jobName) },
            // From before there were pools.
            try make(7, "f") { $0.publishedAt = StoreFixture.start },
        ])
        let names = try ["a", "b", "c", "d", "f", "none"].map { try JobName($0) }
        #expect(try await sut.store.jobsWithOwnWorkers(among: names) == [try JobName("b"), try JobName("f")])
        #expect(try await sut.store.jobsWithOwnWorkers(among: []).isEmpty)
    },
    StoreCheck("begun slots are those that have a run, from each job's own position on") { sut in
        let start = StoreFixture.start
        try await sut.door.put([
            try make(1) { _ in }, try make(2) { $0.status = .completed }, try make(3) { _ in },
            try make(9, "b") { _ in },
            try make(5, "c") { _ in }, try StoreFixture.run(6, "a", slot: 60, trigger: .manual),
        ])
        let begun = try await sut.store.begunSlots(from: [
            try JobName("a"): start + .milliseconds(2), try JobName("b"): start + .milliseconds(10),
            try JobName("d"): start,
        ])
        #expect(begun == [try JobName("a"): [start + .milliseconds(2), start + .milliseconds(3)]])
        #expect(try await sut.store.begunSlots(from: [:]).isEmpty)
    },
    StoreCheck("activity counts what is active, pending and waiting, and finds the oldest that waits") { sut in
        let start = StoreFixture.start
        func waiting(_ number: UInt32, at offset: Int64) throws -> Run {
            let run = Run(
                id: StoreFixture.runID(number), jobName: try JobName("a"), createdTime: start + .seconds(offset),
                scheduledTime: start + .seconds(Int64(number)), isWaiting: true)
            return run
        }
        let oldest = try waiting(5, at: -9)
        try await sut.door.put([
            try make(1) { _ in }, try make(2) { $0.status = .running }, try make(3) { $0.status = .cancelling },
            try waiting(4, at: 0), try waiting(6, at: -9), oldest, try make(7) { $0.status = .failed },
            try make(8, "b") { $0.status = .completed }, try make(9, "c") { $0.status = .running },
        ])
        let activity = try await sut.store.activity(of: ["a", "b", "c", "d"].map { try JobName($0) })
        #expect(
            activity == [
                try JobName("a"): JobActivity(active: 3, pending: 4, waiting: 3, oldestWaiting: oldest),
                try JobName("c"): JobActivity(active: 1),
            ])
    },
    StoreCheck("a run that a dead owner may have handed over has its turn before older ones") { sut in
        let start = StoreFixture.start
        func waiting(_ number: UInt32, _ change: (inout Run) -> Void) throws -> Run {
            var run = Run(
                id: StoreFixture.runID(number), jobName: try JobName("a"), createdTime: start + .seconds(Int64(number)),
                scheduledTime: start + .seconds(Int64(number)), isWaiting: true)
            change(&run)
            return run
        }
        let begun = try waiting(5) { $0.revision = 2 }
        try await sut.door.put([
            try waiting(1) { _ in },
            try waiting(2) { run in
                run.revision = 3
                run.retryAt = start
            },
            try waiting(3) { _ in }, begun, try waiting(6) { $0.revision = 1 },
        ])
        let name = try JobName("a")
        #expect(try await sut.store.activity(of: [name])[name]?.oldestWaiting == begun)
    },
]
