// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

extension StoreUnderTest {
    /// Writes a tombstone as the API does.
    fileprivate func bury(_ name: String, epoch: Int64 = 0) async throws {
        try await put(
            "deletions",
            [
                "_id": .string(name), "deletedAt": .date(StoreFixture.start), "heartbeatTimeout": .int64(7_000),
                "lockEpoch": .int64(epoch),
            ])
    }
}

private func deletion(_ name: String, epoch: Int64 = 0, remover: ManagerID? = nil) throws -> Deletion {
    Deletion(
        jobName: try JobName(name), deletedAt: StoreFixture.start, heartbeatTimeout: .seconds(7), lockEpoch: epoch,
        remover: remover)
}

let deletionChecks = [
    StoreCheck("tombstones are read by name, in pages, and written only where there is none") { sut in
        for name in ["b", "a", "c"] { try await sut.bury(name, epoch: 3) }
        let all = try ["a", "b", "c"].map { try deletion($0, epoch: 3) }
        #expect(try await sut.store.deletions(after: nil, limit: 2) == Array(all[..<2]))
        #expect(try await sut.store.deletions(after: all[1].jobName, limit: 2) == [all[2]])
        #expect(try await sut.store.deletions(of: [all[2].jobName, try JobName("none")]) == [all[2]])
        try await sut.store.noteDeletion(try deletion("a", epoch: 9))
        #expect(try await sut.store.deletions(of: [all[0].jobName]) == [all[0]])
        let (past, future) = (
            Timestamp(millisecondsSinceEpoch: 1_000_000_000_000), Timestamp(millisecondsSinceEpoch: 4_000_000_000_000)
        )
        for (name, moment) in [("d", past), ("e", future)] {
            try await sut.store.noteDeletion(
                Deletion(jobName: try JobName(name), deletedAt: moment, heartbeatTimeout: .seconds(7), lockEpoch: 9))
        }
        let noted = try await sut.store.deletions(of: [try JobName("d"), try JobName("e")])
        #expect(noted.map(\.lockEpoch) == [9, 9] && noted.map(\.heartbeatTimeout) == [.seconds(7), .seconds(7)])
        #expect(noted.first?.deletedAt == past)
        // What is yet to come by the server's clock is now.
        #expect(noted.last.map { past < $0.deletedAt && $0.deletedAt < future } ?? false)
    },
    StoreCheck("a removal belongs to one at a time, and passes on when its owner falls silent") { sut in
        try await sut.bury("a")
        let stone = try deletion("a")
        let (first, second) = (StoreFixture.manager(1), StoreFixture.manager(2))
        #expect(try await sut.store.claimRemoval(of: stone, by: first, staleAfter: .seconds(60)))
        #expect(try await sut.store.deletions(of: [stone.jobName]) == [try deletion("a", remover: first)])
        #expect(try await sut.store.claimRemoval(of: stone, by: first, staleAfter: .seconds(60)))
        #expect(try await !sut.store.claimRemoval(of: stone, by: second, staleAfter: .seconds(60)))
        try await sut.store.forgetDeletion(stone, by: second)
        try await sut.store.unclaimRemoval(of: stone, by: second)
        #expect(try await sut.store.deletions(of: [stone.jobName]).first?.remover == first)
        #expect(try await sut.store.claimRemoval(of: stone, by: second, staleAfter: .zero))
        #expect(try await sut.store.deletions(of: [stone.jobName]).first?.remover == second)
        try await sut.store.unclaimRemoval(of: stone, by: second)
        #expect(try await sut.store.deletions(of: [stone.jobName]) == [stone])
        #expect(try await sut.store.claimRemoval(of: stone, by: first, staleAfter: .seconds(60)))
        let newer = Deletion(jobName: stone.jobName, deletedAt: StoreFixture.start + .seconds(1))
        #expect(try await !sut.store.claimRemoval(of: newer, by: first, staleAfter: .zero))
        try await sut.store.forgetDeletion(newer, by: first)
        #expect(try await sut.store.deletions(of: [stone.jobName]).count == 1)
        for _ in 1...2 { try await sut.store.forgetDeletion(stone, by: first) }
        #expect(try await sut.store.deletions(after: nil, limit: 9).isEmpty)
    },
    StoreCheck("the runs of a deleted job are cut off from a new one: slots, counts and all") { sut in
        let (name, other) = (try JobName("a"), try JobName("b"))
        func run(_ number: UInt32, _ change: (inout Run) -> Void = { _ in }) throws -> Run {
            var run = try StoreFixture.run(number, "a", slot: Int64(number), epoch: 4)
            run.createdTime = StoreFixture.start - .seconds(1)
            change(&run)
            return run
        }
        let ended = try run(1) { $0.status = .completed }
        let active = try run(2)
        let manual = Run(
            id: StoreFixture.runID(3), jobName: name, createdTime: StoreFixture.start, scheduledTime: nil,
            trigger: .manual)
        let late = try run(4) { $0.createdTime = StoreFixture.start + .seconds(1) }
        let new = try run(5) {
            $0.createdTime = StoreFixture.start + .seconds(1)
            $0.lockEpoch = 6
        }
        let foreign = try StoreFixture.run(6, "b", slot: -5)
        try await sut.seed([ended, active, manual, late, new, foreign])
        for _ in 1...2 { #expect(try await sut.store.retireRuns(of: try deletion("a", epoch: 4))) }
        for old in [ended, active, manual, late] {
            var retired = old
            retired.isRetired = true
            #expect(try await sut.run(old.id) == retired)
        }
        #expect(try await sut.run(new.id) == new)
        #expect(try await sut.run(foreign.id) == foreign)
        #expect(
            try await sut.store.activity(of: [name, other]) == [
                name: JobActivity(active: 1, pending: 1), other: JobActivity(active: 1, pending: 1),
            ])
        #expect(
            try await sut.store.begunSlots(from: [name: StoreFixture.start]) == [
                name: [StoreFixture.start + .milliseconds(5)]
            ])
        // The slots are free again,
        let again = [1, 2, 4].map { number in
            Run(
                id: StoreFixture.runID(UInt32(number) + 10), jobName: name, createdTime: StoreFixture.start,
                scheduledTime: StoreFixture.start + .milliseconds(Int64(number)), lockEpoch: 7)
        }
        #expect(try await sut.store.insertOrAdopt(again) == again)
        // and the old runs are still there to be brought to their end.
        #expect(
            try await sut.store.activeRuns(of: [name], after: nil, limit: 99).filter(\.isRetired).map(\.id)
                == [active.id, manual.id, late.id])
    },
]
