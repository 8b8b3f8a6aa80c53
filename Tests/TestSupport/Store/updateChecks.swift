// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

private func changed(_ run: Run, _ change: (inout Run) -> Void) -> RunUpdate {
    var after = run
    change(&after)
    return RunUpdate(before: run, after: after)
}

private func stored(_ update: RunUpdate) -> Run {
    var run = update.after
    run.revision = update.before.revision + 1
    return run
}

private func nested(_ levels: Int) -> JSONValue {
    (0..<levels).reduce(.int(1)) { value, level in
        level.isMultiple(of: 2) ? .array([value]) : .object(["k": value])
    }
}

private func mark(
    _ run: Run, _ action: RunAction = .run, attempt: Int = 1, deadline: Timestamp? = nil
) -> PublishedMark {
    PublishedMark(id: run.id, action: action, attempt: attempt, publishedAt: StoreFixture.start, deadline: deadline)
}

let updateChecks = [
    StoreCheck("what is to be published again is left alone once its confirm is noted, other changes are not") { sut in
        let run = try StoreFixture.run(1, "a")
        try await sut.door.put([run])
        let again = changed(run) { $0.deadline = StoreFixture.start + .seconds(60) }
        let started = changed(run) { $0.status = .running }
        try await sut.store.markPublished([mark(run)])
        #expect(try await sut.store.update([again]) == [.conflict])
        #expect(try await sut.store.update([started]) == [.applied])
        #expect(try await sut.store.runs([run.id]).first?.publishedAt == StoreFixture.start)
    },
    StoreCheck("an update writes what differs, raises the revision, and may be repeated") { sut in
        let run = try StoreFixture.run(1, "a")
        try await sut.door.put([run])
        let first = changed(run) {
            $0.status = .running
            $0.startTime = StoreFixture.start
            $0.heartbeat = StoreFixture.start + .seconds(1)
            $0.progress = 0.25
            $0.deadline = StoreFixture.start + .seconds(60)
            $0.publishedAt = StoreFixture.start
            $0.isWaiting = true
            $0.isByHTTP = true
            $0.accepted = HTTPAttempt { ["status": .int(202), "total": .double(1.5)][$0] }
            $0.workers = .job($0.jobName)
            $0.lockEpoch = 3
        }
        for _ in 1...2 { #expect(try await sut.store.update([first]) == [.applied]) }
        #expect(try await sut.store.run(run.id) == stored(first))
        let second = changed(stored(first)) {
            $0.status = .pending
            $0.attempt = 2
            $0.isByHTTP = false
            $0.accepted = nil
            $0.workers = (try? PoolName("p")).map { .pool($0) }
            $0.startTime = nil
            $0.heartbeat = nil
            $0.progress = nil
            $0.deadline = nil
            $0.publishedAt = nil
            $0.isWaiting = false
            $0.error = "lost"
            $0.result = .object(["$set": .int(1)])
            $0.cancelledAt = StoreFixture.start
            $0.endTime = StoreFixture.start
        }
        for _ in 1...2 { #expect(try await sut.store.update([second]) == [.applied]) }
        #expect(try await sut.store.run(run.id) == stored(second))
        #expect(try await sut.store.update([first]) == [.conflict])
        #expect(try await sut.store.run(run.id) == stored(second))
    },
    StoreCheck("the first key of callback addresses stays") { sut in
        let first = CallbackKey()
        for key in [first, CallbackKey()] {
            let stored = try await sut.store.callbackKey(orElse: key)
            #expect(stored == first)
        }
    },
    StoreCheck("updates are guarded by status, attempt and revision, each for itself") { sut in
        let runs = try (1...6).map { try StoreFixture.run(UInt32($0), "a", slot: Int64($0)) }
        try await sut.door.put(Array(runs[0...4]))
        var stale = runs
        stale[1].status = .running
        stale[2].attempt = 2
        stale[3].revision = 1
        let updates = stale.map { changed($0) { $0.status = .cancelled } }
        #expect(
            try await sut.store.update(updates) == [.applied, .conflict, .conflict, .conflict, .applied, .conflict])
        for run in runs[1...3] { #expect(try await sut.store.run(run.id) == run) }
        #expect(try await sut.store.run(runs[5].id) == nil)
    },
    StoreCheck("of updates from the same state at once one is applied") { sut in
        let (store, run) = (sut.store, try StoreFixture.run(1, "a"))
        try await sut.door.put([run])
        let outcomes = try await withThrowingTaskGroup(of: [RunUpdateOutcome].self) { group in
            for number in 1...8 {
                group.addTask { try await store.update([changed(run) { $0.error = "writer \(number)" }]) }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        #expect(outcomes.count { $0 == .applied } == 1)
        #expect(outcomes.count { $0 == .conflict } == 7)
        #expect(try await sut.store.run(run.id)?.revision == 1)
    },
    StoreCheck("an update leaves fields alone that it does not change") { sut in
        let run = try StoreFixture.run(1, "a")
        try await sut.door.put([run])
        try await sut.store.markPublished([mark(run, deadline: StoreFixture.start + .seconds(5))])
        #expect(try await sut.store.update([changed(run) { $0.status = .running }]) == [.applied])
        let after = try await sut.store.run(run.id)
        #expect(after?.publishedAt == StoreFixture.start)
        #expect(after?.deadline == StoreFixture.start + .seconds(5))
    },
    StoreCheck("a result is stored as it is, deep and with any keys") { sut in
        let results: [JSONValue] = [
            .int(1), nested(100), .object(["$oid": .string("x"), "a.b": .object(["": .int(2)])]),
        ]
        let runs = try results.indices.map { try StoreFixture.run(UInt32($0), "a", slot: Int64($0)) }
        try await sut.door.put(runs)
        let updates = zip(runs, results).map { run, result in changed(run) { $0.result = result } }
        #expect(try await sut.store.update(updates) == [.applied, .applied, .applied])
        for (run, result) in zip(runs, results) { #expect(try await sut.store.run(run.id)?.result == result) }
    },
    StoreCheck("a mark is noted once, while status and attempt call for it, without a new revision") { sut in
        var runs = try (1...5).map { try StoreFixture.run(UInt32($0), "a", slot: Int64($0)) }
        runs[1].isWaiting = true
        try await sut.door.put(runs)
        let cancelling = changed(runs[2]) { $0.status = .cancelling }
        let second = changed(runs[3]) { $0.attempt = 2 }
        #expect(try await sut.store.update([cancelling, second]) == [.applied, .applied])
        let deadline = StoreFixture.start + .seconds(7)
        let marks = [
            mark(runs[0], deadline: deadline), mark(runs[1], deadline: deadline), mark(runs[2], deadline: deadline),
            mark(runs[3], deadline: deadline), mark(runs[4], .cancel, deadline: deadline),
        ]
        try await sut.store.markPublished(marks)
        var first = runs[0]
        first.publishedAt = StoreFixture.start
        first.deadline = deadline
        #expect(try await sut.store.run(first.id) == first)
        for run in [runs[1], stored(cancelling), stored(second), runs[4]] {
            #expect(try await sut.store.run(run.id) == run)
        }
        let later = PublishedMark(
            id: first.id, action: .run, attempt: 1, publishedAt: StoreFixture.start + .seconds(1), deadline: nil)
        try await sut.store.markPublished([later, mark(runs[2], .cancel), mark(runs[3], attempt: 2, deadline: nil)])
        #expect(try await sut.store.run(first.id) == first)
        #expect(try await sut.store.run(runs[2].id)?.publishedAt == StoreFixture.start)
        #expect(try await sut.store.run(runs[3].id)?.publishedAt == StoreFixture.start)
        #expect(try await sut.store.run(runs[3].id)?.deadline == nil)
    },
    StoreCheck("a mark without a deadline removes the one that stood") { sut in
        var run = try StoreFixture.run(1, "a")
        run.deadline = StoreFixture.start
        try await sut.door.put([run])
        try await sut.store.markPublished([mark(run)])
        #expect(try await sut.store.run(run.id)?.deadline == nil)
        #expect(try await sut.store.run(run.id)?.publishedAt == StoreFixture.start)
    },
]
