// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

private func deletion(_ name: String, epoch: Int64 = 0, remover: ManagerID? = nil) throws -> Deletion {
    Deletion(
        jobName: try JobName(name), deletedAt: StoreFixture.start, heartbeatTimeout: .seconds(7), lockEpoch: epoch,
        remover: remover)
}

let deletionChecks = [
    StoreCheck("tombstones are read by name, in pages, and written only where there is none") { sut in
        for name in ["b", "a", "c"] { try await sut.door.put(try deletion(name, epoch: 3)) }
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
        try await sut.door.put(try deletion("a"))
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
        try await sut.door.put([ended, active, manual, late, new, foreign])
        for _ in 1...2 { #expect(try await sut.store.retireRuns(of: try deletion("a", epoch: 4))) }
        for old in [ended, active, manual, late] {
            var retired = old
            retired.isRetired = true
            #expect(try await sut.store.run(old.id) == retired)
        }
        #expect(try await sut.store.run(new.id) == new)
        #expect(try await sut.store.run(foreign.id) == foreign)
        #expect(
            try await sut.store.activity(of: [name, other]) == [
                name: JobActivity(active: 1, pending: 1), other: JobActivity(active: 1, pending: 1),
            ])
        #expect(
            try await sut.store.begunSlots(from: [name: StoreFixture.start]) == [
                name: [StoreFixture.start + .milliseconds(5)]
            ])
        // The slots are free again,
        let owner = StoreFixture.manager(1)
        try await sut.door.put(try StoreFixture.job("a") { ($0.managerID, $0.lockEpoch) = (owner, 7) })
        let again = [1, 2, 4].map { number in
            Run(
                id: StoreFixture.runID(UInt32(number) + 10), jobName: name, createdTime: StoreFixture.start,
                scheduledTime: StoreFixture.start + .milliseconds(Int64(number)), lockEpoch: 7)
        }
        let step = JobAdvance(
            name: name, managerID: owner, lockEpoch: 7, from: StoreFixture.start, to: StoreFixture.start + .seconds(60))
        #expect(try await sut.store.commit(SlotBatch(runs: again, steps: [step])) { true }.runs == again)
        // and the old runs are still there to be brought to their end.
        #expect(
            try await sut.store.activeRuns(of: [name], after: nil, limit: 99).filter(\.isRetired).map(\.id)
                == [active.id, manual.id, late.id])
    },
    StoreCheck("the first lock of a new job cuts off what an earlier one of its name has left") { sut in
        let (store, manager, name) = (sut.store, StoreFixture.manager(1), try JobName("a"))
        try await sut.door.put(["a", "b", "c", "d"].map { try StoreFixture.job($0) { $0.isNew = true } })
        func manual(_ number: UInt32, _ job: String, at time: Timestamp) throws -> Run {
            Run(
                id: StoreFixture.runID(number), jobName: try JobName(job), createdTime: time, scheduledTime: nil,
                trigger: .manual)
        }
        var ended = try StoreFixture.run(1, "a", slot: 1, epoch: 4)
        ended.status = .completed
        let active = try StoreFixture.run(2, "a", slot: 2, epoch: 9)
        let asked = try manual(3, "a", at: StoreFixture.start)
        var new = try manual(4, "a", at: StoreFixture.start + .seconds(1))
        // An owner who has yet to notice the deletion has taken it up.
        new.lockEpoch = 6
        let noStone = try StoreFixture.run(5, "b", slot: nil, epoch: 3, trigger: .manual)
        let byHand = try manual(6, "c", at: StoreFixture.start - .seconds(60))
        try await sut.door.put([ended, active, asked, new, noStone, byHand])
        try await sut.door.put(try deletion("a", epoch: 6))
        let names = try ["a", "b", "c", "d"].map { try JobName($0) }
        #expect(try await store.jobs(named: names).compactMap(\.owned).allSatisfy(\.isNew))
        for _ in 1...2 {
            let owned = try await store.lock(names, for: manager)
            #expect(
                Dictionary(uniqueKeysWithValues: owned.map { ($0.job.name.text, $0.lockEpoch) }) == [
                    "a": 11, "b": 5, "c": 2, "d": 1,
                ])
            #expect(owned.allSatisfy { !$0.isNew })
        }
        for old in [ended, active, asked, noStone] {
            var retired = old
            retired.isRetired = true
            #expect(try await sut.store.run(old.id) == retired)
        }
        // What nobody worked on, and was made after the deletion, is the new job's.
        for kept in [new, byHand] { #expect(try await sut.store.run(kept.id) == kept) }
        #expect(try await store.begunSlots(from: [name: StoreFixture.start]).isEmpty)
        #expect(try await sut.door.job(kept: name)?.isNew == false)
    },
    StoreCheck("of many new jobs whose names were used, a call takes fifty, and all the others") { sut in
        let names = try (100..<170).map { try JobName("job-\($0)") }
        for (number, name) in names.enumerated() {
            try await sut.door.put(try StoreFixture.job(name.text) { $0.isNew = true })
            if number < 60 { try await sut.door.put(try deletion(name.text, epoch: 3)) }
        }
        let manager = StoreFixture.manager(1)
        let first = try await sut.store.lock(names, for: manager)
        #expect(Set(first.map(\.job.name)) == Set(names[..<50] + names[60...]))
        #expect(try await sut.store.jobs(named: Array(names[50..<60])).compactMap(\.owned).allSatisfy(\.isNew))
        #expect(try await Set(sut.store.lock(names, for: manager).map(\.job.name)) == Set(names))
    },
    StoreCheck("a first lock that was broken off half-way is made good") { sut in
        let name = try JobName("a")
        // Written before the crash: the epoch, and the marks of the runs that it comes from.
        try await sut.door.put(try StoreFixture.job("a") { ($0.isNew, $0.lockEpoch) = (true, 10) })
        var (marked, left) = (try StoreFixture.run(1, "a", slot: 1, epoch: 9), try StoreFixture.run(2, "a", epoch: 4))
        (marked.isRetired, marked.status, left.status) = (true, .cancelled, .completed)
        try await sut.door.put([marked, left])
        #expect(try await sut.store.lock([name], for: StoreFixture.manager(1)).map(\.lockEpoch) == [11])
        left.isRetired = true
        #expect(try await sut.store.run(left.id) == left)
    },
    StoreCheck("a job that was locked before keeps its runs at the next lock") { sut in
        let (first, second, name) = (StoreFixture.manager(1), StoreFixture.manager(2), try JobName("a"))
        try await sut.door.put(try StoreFixture.job("a") { $0.isNew = true })
        #expect(try await sut.store.lock([name], for: first).map(\.lockEpoch) == [1])
        let run = try StoreFixture.run(1, "a", slot: 1, epoch: 1)
        try await sut.door.put([run])
        #expect(try await sut.store.release(first) == 1)
        #expect(try await sut.store.lock([name], for: second).map(\.lockEpoch) == [2])
        #expect(try await sut.store.run(run.id) == run)
    },
    StoreCheck("of owners that admit the same new jobs at once, none touches the first run of another") { sut in
        let store = sut.store
        let names = try (0..<20).map { try JobName("job-\($0)") }
        for (number, name) in names.enumerated() {
            try await sut.door.put(try StoreFixture.job(name.text) { $0.isNew = true })
            try await sut.door.put(
                (0..<10).map { try StoreFixture.run(UInt32(number * 10 + $0), name.text, slot: Int64($0), epoch: 3) })
        }
        let first = try await withThrowingTaskGroup(of: [Run].self) { group in
            for number: UInt32 in 1...6 {
                group.addTask {
                    let owned = try await store.lock(names, for: StoreFixture.manager(number))
                    let runs = try owned.enumerated().map { place, owned in
                        try StoreFixture.run(
                            1_000 * number + UInt32(place), owned.job.name.text, slot: 0, epoch: owned.lockEpoch)
                    }
                    let steps = owned.map { owned in
                        JobAdvance(
                            name: owned.job.name, managerID: StoreFixture.manager(number), lockEpoch: owned.lockEpoch,
                            from: StoreFixture.start, to: StoreFixture.start + .seconds(60))
                    }
                    return try await store.commit(SlotBatch(runs: runs, steps: steps)) { true }.runs
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(first.map(\.jobName)) == Set(names) && first.count == names.count)
        // None of them is an old one in that slot.
        #expect(first.allSatisfy { $0.id >= StoreFixture.runID(1_000) })
        #expect(Set(try await store.runs(first.map(\.id))) == Set(first))
        #expect(first.allSatisfy { $0.lockEpoch == 5 && !$0.isRetired })
    },
]
