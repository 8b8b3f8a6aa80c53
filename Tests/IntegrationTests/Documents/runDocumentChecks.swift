// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import MongoStore
import Shared
import TestSupport
import Testing

/// A run as the Go program writes it.
private func goRun(_ number: UInt32, _ more: RawDocument = [:]) -> RawDocument {
    let base: RawDocument = [
        "_id": .objectID(StoreFixture.runID(number).value), "jobName": .string("a"), "status": .string("pending"),
        "createdTime": .date(StoreFixture.start), "startTime": .yearOne, "endTime": .yearOne, "heartbeat": .yearOne,
    ]
    return base.merging(more) { $1 }
}

private func changed(_ run: Run, _ change: (inout Run) -> Void) -> RunUpdate {
    var after = run
    change(&after)
    return RunUpdate(before: run, after: after)
}

private func nested(_ levels: Int) -> JSONValue {
    (0..<levels).reduce(.int(1)) { value, level in
        level.isMultiple(of: 2) ? .array([value]) : .object(["k": value])
    }
}

/// How runs are read that others wrote.
let runDocumentChecks = [
    DocumentCheck("a run of the Go program is read, counted, found unsettled and updated") { sut in
        try await sut.put("runs", goRun(1))
        let run = try #require(try await sut.store.run(StoreFixture.runID(1)))
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
        #expect(try await sut.store.run(run.id) == after)
    },
    DocumentCheck("the trigger of an old document follows from its slot, and two such documents may share one") { sut in
        for number: UInt32 in 1...2 {
            try await sut.put("runs", goRun(number, ["scheduledTime": .date(StoreFixture.start)]))
        }
        #expect(try await sut.store.run(StoreFixture.runID(1))?.trigger == .schedule)
        #expect(try await sut.store.run(StoreFixture.runID(2))?.scheduledTime == StoreFixture.start)
    },
    DocumentCheck("what says little of a run is as if it were not there when it makes no sense, and the run goes on") {
        sut in
        let text = BSONValue.string("x")
        try await sut.put(
            "runs",
            goRun(
                1,
                [
                    "createdTime": text, "startTime": text, "endTime": text, "heartbeat": .int32(1),
                    "scheduledTime": text,
                    "cancelledAt": text, "deadline": text, "trigger": .string("moon"), "progress": .double(.nan),
                    "error": .document(["code": .int32(5)]), "attempts": text, "notes": .array([.int32(1), text]),
                    "waiting": text, "retired": .int32(1), "lockEpoch": text, "attempt": .null, "revision": .null,
                    "payload": .null, "result": .null, "publishedAt": .null, "retryAt": .null,
                ]))
        let id = StoreFixture.runID(1)
        let run = try #require(try await sut.store.run(id))
        var expected = Run(
            id: id, jobName: try JobName("a"),
            createdTime: Timestamp(millisecondsSinceEpoch: Int64(id.value.high >> 32) * 1000), scheduledTime: nil,
            trigger: .manual)
        expected.error = #"{"code":5}"#
        expected.note(["x"])
        #expect(run == expected)
        var after = run
        after.status = .running
        after.deadline = StoreFixture.start
        after.note(["y"])
        for _ in 1...2 { #expect(try await sut.store.update([RunUpdate(before: run, after: after)]) == [.applied]) }
        after.revision = 1
        #expect(try await sut.store.run(id) == after)
        #expect(try await sut.store.dueRuns(notAfter: StoreFixture.start, after: nil, limit: 5) == [after])
    },
    DocumentCheck("a deadline that is none is due for nobody, and its run is unsettled") { sut in
        for (number, deadline) in [BSONValue.yearOne, .string("soon"), .null, .int32(5)].enumerated() {
            try await sut.put(
                "runs", goRun(UInt32(number + 1), ["deadline": deadline, "publishedAt": .date(StoreFixture.start)]))
        }
        try await sut.put("runs", goRun(9, ["deadline": .date(StoreFixture.start)]))
        let due = try await sut.store.dueRuns(notAfter: StoreFixture.start, after: nil, limit: 10)
        #expect(due.map(\.id) == [StoreFixture.runID(9)])
        let unsettled = try await sut.store.unsettledRuns(of: [JobName("a")], after: nil, limit: 10)
        #expect(unsettled.map(\.id) == [1, 2, 3, 4, 9].map { StoreFixture.runID($0) })
    },
    DocumentCheck("runs that cannot be understood are left out and hide nobody behind them") { sut in
        let bad: [RawDocument] = [
            ["status": .string("asleep")], ["status": .int32(1)], ["jobName": .string("bad name!")],
            ["attempt": .string("one")], ["attempt": .int32(0)], ["revision": .int64(.max)],
            ["publishedAt": .string("yes")], ["retryAt": .bool(true)],
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
    DocumentCheck("rows of a history that cannot be understood are left out") { sut in
        let good: BSONFields = [
            "attempt": .int32(2), "endTime": .date(StoreFixture.start), "status": .string("cancelled"),
        ]
        try await sut.put(
            "runs",
            [
                "_id": .objectID(StoreFixture.runID(1).value), "jobName": .string("a"),
                "status": .string("running"), "createdTime": .date(StoreFixture.start),
                "attempts": .array([
                    .document(good), .string("?"), ["attempt": 2, "status": "asleep"],
                ]),
            ])
        let row = RunAttempt(
            attempt: 2, startTime: nil, endTime: StoreFixture.start, status: .cancelled, error: nil)
        #expect(try await sut.store.run(StoreFixture.runID(1))?.attempts == [row])
    },
    DocumentCheck("a result that cannot be stored is refused without harm to the others") { sut in
        let runs = try (1...6).map { try StoreFixture.run(UInt32($0), "a", slot: Int64($0)) }
        try await sut.seed(runs)
        let results: [JSONValue] = [
            .int(1), .object(["a": .object(["nul\u{0}key": .int(1)])]), nested(100), nested(101), nested(5000),
            .object(["$oid": .string("x"), "a.b": .object(["": .int(2)])]),
        ]
        let updates = zip(runs, results).map { run, result in changed(run) { $0.result = result } }
        let outcomes = try await sut.store.update(updates)
        #expect(outcomes[0] == .applied)
        #expect(outcomes[1] == .rejected("an object key holds a NUL character"))
        #expect(outcomes[2] == .applied)
        #expect(outcomes[3] == .rejected("nested deeper than 100 levels"))
        #expect(outcomes[4] == .rejected("nested deeper than 100 levels"))
        #expect(outcomes[5] == .applied)
        for index in [0, 2, 5] { #expect(try await sut.store.run(runs[index].id)?.result == results[index]) }
        for index in [1, 3, 4] { #expect(try await sut.store.run(runs[index].id) == runs[index]) }
    },
]
