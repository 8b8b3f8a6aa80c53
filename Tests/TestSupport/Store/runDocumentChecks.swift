// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

/// A run as the Go program writes it.
private func goRun(_ number: UInt32, _ more: RawDocument = [:]) -> RawDocument {
    let base: RawDocument = [
        "_id": .objectID(StoreFixture.runID(number).objectID), "jobName": .string("a"), "status": .string("pending"),
        "createdTime": .date(StoreFixture.start), "startTime": .yearOne, "endTime": .yearOne, "heartbeat": .yearOne,
    ]
    return base.merging(more) { $1 }
}

let runDocumentChecks = [
    StoreCheck("a run of the Go program is read, counted, found unsettled and updated") { sut in
        try await sut.put("runs", goRun(1))
        let run = try #require(try await sut.run(StoreFixture.runID(1)))
        let expected = Run(
            id: StoreFixture.runID(1), jobName: try JobName("a"), createdTime: StoreFixture.start, scheduledTime: nil,
            trigger: .manual)
        #expect(run == expected)
        #expect(try await sut.store.unsettledRuns(of: [JobName("a")], after: nil, limit: 5) == [run])
        #expect(try await sut.store.activity(of: [JobName("a")]).values.first == JobActivity(active: 1, pending: 1))
        try await sut.store.markPublished([
            PublishedMark(id: run.id, action: .run, attempt: 1, publishedAt: StoreFixture.start, deadline: nil)
        ])
        var after = run
        after.status = .running
        after.startTime = StoreFixture.start
        for _ in 1...2 {
            #expect(try await sut.store.update([RunUpdate(before: run, after: after)]) == [.applied])
        }
        after.revision = 1
        after.publishedAt = StoreFixture.start
        #expect(try await sut.run(run.id) == after)
    },
    StoreCheck("the trigger of an old document follows from its slot, and two such documents may share one") { sut in
        for number: UInt32 in 1...2 {
            try await sut.put("runs", goRun(number, ["scheduledTime": .date(StoreFixture.start)]))
        }
        #expect(try await sut.run(StoreFixture.runID(1))?.trigger == .schedule)
        #expect(try await sut.run(StoreFixture.runID(2))?.scheduledTime == StoreFixture.start)
    },
    StoreCheck("runs that cannot be understood are left out and hide nobody behind them") { sut in
        let bad: [RawDocument] = [
            ["status": .string("asleep")], ["status": .int32(1)], ["jobName": .string("bad name!")],
            ["attempt": .string("one")], ["attempt": .int32(0)], ["trigger": .string("moon")],
        ]
        for (index, change) in bad.enumerated() {
            let due: RawDocument = ["deadline": .date(StoreFixture.start)]
            try await sut.put("runs", goRun(UInt32(index), due.merging(change) { $1 }))
        }
        for number: UInt32 in [20, 21, 22] {
            try await sut.put("runs", goRun(number, ["deadline": .date(StoreFixture.start)]))
        }
        let page = try await sut.store.dueRuns(notAfter: StoreFixture.start, after: nil, limit: 2)
        #expect(page.map(\.id) == [20, 21].map { StoreFixture.runID($0) })
        let rest = try await sut.store.dueRuns(notAfter: StoreFixture.start, after: page.last, limit: 2)
        #expect(rest.map(\.id) == [StoreFixture.runID(22)])
        #expect(try await sut.store.runs((0..<30).map { StoreFixture.runID($0) }).count == 3)
        #expect(try await sut.store.unsettledRuns(of: [JobName("a")], after: nil, limit: 2).count == 2)
    },
]
