// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization
import Testing

/// What a store keeps whose commits are made in steps: each step for itself, as a crash leaves it.
package let steppedStoreChecks: [SteppedStoreCheck] = [
    SteppedStoreCheck("a run is stored with all its fields, and inserting it again changes nothing") { sut in
        var full = try StoreFixture.run(1, "a")
        full.payload = .object(["$oid": .string("x"), "a.b": .int(3), "": .array([.double(0.5), .null])])
        full.isWaiting = true
        full.deadline = StoreFixture.start + .seconds(9)
        let manual = try StoreFixture.run(2, "a", slot: nil, epoch: 0, trigger: .manual)
        for _ in 1...2 {
            #expect(try await sut.store.insertOrAdopt([full, manual]) == [full, manual])
        }
        #expect(Set(try await sut.store.runs([full.id, manual.id, StoreFixture.runID(3)])) == [full, manual])
    },
    SteppedStoreCheck("a slot that has a run is adopted, in order, and its epoch never falls") { sut in
        let old = try (1...3).map { try StoreFixture.run(UInt32($0), "a", slot: Int64($0), epoch: 5) }
        try await sut.door.put(old)
        let mine = [
            try StoreFixture.run(12, "a", slot: 2, epoch: 9), try StoreFixture.run(14, "a", slot: 4, epoch: 9),
            try StoreFixture.run(11, "a", slot: 1, epoch: 3), try StoreFixture.run(15, "b", slot: 1, epoch: 9),
        ]
        for _ in 1...2 {
            let stored = try await sut.store.insertOrAdopt(mine)
            #expect(stored.map(\.id) == [2, 14, 1, 15].map { StoreFixture.runID($0) })
            #expect(stored.map(\.lockEpoch) == [9, 9, 5, 9])
            #expect(Array(stored[1...1]) == Array(mine[1...1]))
        }
        #expect(try await sut.store.run(old[1].id)?.lockEpoch == 9)
        #expect(try await sut.store.run(old[1].id)?.revision == 0)
        #expect(try await sut.store.runs([StoreFixture.runID(11), StoreFixture.runID(12)]).isEmpty)
    },
    SteppedStoreCheck("a run that somebody asked for takes nobody's slot") { sut in
        let scheduled = try StoreFixture.run(1, "a")
        let asked = try (2...3).map { try StoreFixture.run(UInt32($0), "a", trigger: .manual) }
        #expect(try await sut.store.insertOrAdopt([scheduled] + asked) == [scheduled] + asked)
    },
    SteppedStoreCheck("owners that fill the same slots at once leave one run in each") { sut in
        let store = sut.store
        let stored = try await withThrowingTaskGroup(of: [Run].self) { group in
            for owner in 1...4 {
                let runs = try (0..<100).map {
                    try StoreFixture.run(UInt32(owner * 1000 + $0), "a", slot: Int64($0), epoch: Int64(owner))
                }
                group.addTask { try await store.insertOrAdopt(runs) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(stored.count == 400)
        #expect(Set(stored.map(\.id)).count == 100)
        let found = try await store.runs(stored.map(\.id))
        #expect(Set(found.map(\.scheduledTime)).count == 100)
        #expect(found.allSatisfy { $0.lockEpoch == 4 })
    },
    SteppedStoreCheck("a withdrawal deletes only what is still as this owner made it") { sut in
        let runs = try (1...5).map { try StoreFixture.run(UInt32($0), "a", slot: Int64($0), epoch: 2) }
        try await sut.door.put(runs)
        var running = runs[1]
        running.status = .running
        #expect(try await sut.store.update([RunUpdate(before: runs[1], after: running)]) == [.applied])
        try await sut.store.markPublished([
            PublishedMark(
                id: runs[2].id, action: .run, attempt: 1, publishedAt: StoreFixture.start, deadline: nil)
        ])
        #expect(
            try await sut.store.insertOrAdopt([StoreFixture.run(14, "a", slot: 4, epoch: 3)]).map(\.id) == [runs[3].id])
        for _ in 1...2 { try await sut.store.withdraw(Array(runs[0...3])) }
        let left = try await sut.store.runs(runs.map(\.id))
        #expect(Set(left.map(\.id)) == Set([1, 2, 3, 4].map { runs[$0].id }))
        let again = try StoreFixture.run(21, "a", slot: 1, epoch: 3)
        #expect(try await sut.store.insertOrAdopt([again]) == [again])
    },
    SteppedStoreCheck("a run that was updated since it was made is not withdrawn") { sut in
        let run = try StoreFixture.run(1, "a")
        try await sut.door.put([run])
        var after = run
        after.isWaiting = true
        #expect(try await sut.store.update([RunUpdate(before: run, after: after)]) == [.applied])
        try await sut.store.withdraw([run])
        #expect(try await sut.store.run(run.id)?.revision == 1)
    },
    SteppedStoreCheck("an owner that withdraws while another adopts leaves one run, or none") { sut in
        let store = sut.store
        let mine = try (0..<50).map { try StoreFixture.run(UInt32($0), "a", slot: Int64($0), epoch: 1) }
        let theirs = try (0..<50).map { try StoreFixture.run(UInt32(100 + $0), "a", slot: Int64($0), epoch: 2) }
        try await sut.door.put(mine)
        async let withdrawal: Void = store.withdraw(mine)
        async let adoption = store.insertOrAdopt(theirs)
        try await withdrawal
        let adopted = try await adoption
        let stored = try await store.runs((mine + theirs).map(\.id))
        #expect(Set(stored.map(\.id)) == Set(adopted.map(\.id)))
        #expect(Set(stored.map(\.scheduledTime)) == Set(mine.map(\.scheduledTime)))
    },
    SteppedStoreCheck("who loses its lease between the steps moves no job") { sut in
        try await sut.door.put(
            try StoreFixture.job("a") { ($0.managerID, $0.lockEpoch) = (StoreFixture.manager(1), 1) })
        let asked = Atomic(0)
        let batch = SlotBatch(
            runs: [try StoreFixture.run(1, "a")],
            steps: [
                JobAdvance(
                    name: try JobName("a"), managerID: StoreFixture.manager(1), lockEpoch: 1, from: StoreFixture.start,
                    to: StoreFixture.start + .seconds(60))
            ])
        await #expect(throws: StoreError.self) {
            try await sut.store.commit(batch) { asked.wrappingAdd(1, ordering: .relaxed).oldValue == 0 }
        }
        #expect(try await sut.store.jobs(named: [JobName("a")]).first?.job?.nextRunAt == StoreFixture.start)
        #expect(try await sut.store.begunSlots(from: [JobName("a"): StoreFixture.start]).count == 1)
    },
    SteppedStoreCheck("no steps are answered with nothing") { sut in
        #expect(try await sut.store.advance([]).isEmpty)
        #expect(try await sut.store.insertOrAdopt([]).isEmpty)
        try await sut.store.withdraw([])
    },
]
