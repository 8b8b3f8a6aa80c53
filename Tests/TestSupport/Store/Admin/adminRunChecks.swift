// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

extension AdminStoreUnderTest {
    /// Stores a run of a slot, in the place of one of the same number.
    fileprivate func seed(_ number: UInt32, _ job: String = "a", _ change: (inout Run) -> Void) async throws
        -> RunRecord
    {
        var run = Run(
            id: AdminFixture.runID(number), jobName: try JobName(job), createdTime: AdminFixture.start,
            scheduledTime: AdminFixture.start + .milliseconds(Int64(number)))
        change(&run)
        try await door.put([run])
        return try #require(try await store.run(run.id))
    }
}

let adminRunChecks = [
    AdminStoreCheck("a run that is asked for twice under one id is there once, as it was asked for first") { sut in
        let payload = JSONValue.object(["$set": .string("$$NOW"), "a.b": .array([.null, .int(1)])])
        let request = try AdminFixture.manualRun(1, "a", payload: payload)
        #expect(try await sut.store.insert(request))
        #expect(try await !sut.store.insert(try AdminFixture.manualRun(1, "a", payload: .int(2))))
        let run = try #require(try await sut.store.run(request.id))
        #expect(run.jobName == request.jobName && run.status == .pending && run.trigger == .manual)
        #expect(run.createdTime == request.createdTime && run.payload == payload && run.attempt == 1)
        #expect(run.startTime == nil && run.endTime == nil && run.heartbeat == nil && run.scheduledTime == nil)
        #expect(!run.isPublished && !run.isWaiting && run.revision == 0)
        #expect(try await sut.store.runs(RunFilter(), after: nil, limit: 10).elements.count == 1)
        #expect(try await sut.store.run(AdminFixture.runID(2)) == nil)
    },
    AdminStoreCheck("slots that have a run are told, from one slot on, of one job") { sut in
        for number: UInt32 in 1...3 {
            _ = try await sut.seed(number) { $0.status = number == 2 ? .failed : .pending }
        }
        _ = try await sut.seed(4, "b") { _ in }
        try await sut.store.insert(try AdminFixture.manualRun(9, "a"))
        let name = try JobName("a")
        let slots = try await sut.store.begunSlots(from: [name: AdminFixture.start + .milliseconds(2)])
        #expect(slots == [name: Set([2, 3].map { AdminFixture.start + .milliseconds($0) })])
        #expect(try await sut.store.begunSlots(from: [try JobName("c"): AdminFixture.start]) == [:])
    },
    AdminStoreCheck("pending runs are counted, of one job, up to the limit") { sut in
        for number: UInt32 in 0..<5 { try await sut.store.insert(try AdminFixture.manualRun(number, "a")) }
        try await sut.store.insert(try AdminFixture.manualRun(9, "b"))
        _ = try await sut.seed(20) { $0.status = .running }
        let name = try JobName("a")
        #expect(try await sut.store.pendingRuns(of: name, limit: 10) == 5)
        #expect(try await sut.store.pendingRuns(of: name, limit: 3) == 3)
        #expect(try await sut.store.pendingRuns(of: name, limit: 0) == 0)
        #expect(try await sut.store.pendingRuns(of: try JobName("c"), limit: 3) == 0)
    },
    AdminStoreCheck("a run that nobody has heard of ends at once; one that somebody may have is told") { sut in
        let time = AdminFixture.start + .seconds(5)
        try await sut.store.insert(try AdminFixture.manualRun(1, "a"))
        let new = try #require(try await sut.store.run(AdminFixture.runID(1)))
        #expect(RunStop(new) == .end)
        #expect(try await sut.store.stop(new, by: .end, at: time))
        let ended = try #require(try await sut.store.run(new.id))
        #expect(ended.status == .cancelled && ended.endTime == time && ended.revision == 1)
        #expect(try await !sut.store.stop(new, by: .end, at: time))

        let running = try await sut.seed(2) {
            ($0.status, $0.publishedAt, $0.revision) = (.running, AdminFixture.start, 2)
        }
        #expect(RunStop(running) == .tell)
        #expect(try await sut.store.stop(running, by: .tell, at: time))
        let told = try #require(try await sut.store.run(running.id))
        #expect(told.status == .cancelling && told.endTime == nil && !told.isPublished && told.revision == 3)
        #expect(RunStop(told) == .none)
        for stop in [RunStop.none, .late] { #expect(try await !sut.store.stop(told, by: stop, at: time)) }
        #expect(try await sut.store.run(running.id)?.revision == 3)
    },
    AdminStoreCheck("a stop is stored only while the run is as it was read") { sut in
        let time = AdminFixture.start + .seconds(5)
        let read = try await sut.seed(1) { $0.isWaiting = true }
        #expect(RunStop(read) == .end)
        let changes: [@Sendable (inout Run) -> Void] = [
            { ($0.revision, $0.isWaiting) = (1, true) }, { ($0.attempt, $0.isWaiting) = (2, true) },
            { $0.status = .running }, { $0.publishedAt = AdminFixture.start },
        ]
        for (number, change) in changes.enumerated() {
            let now = try await sut.seed(1, "a", change)
            #expect(try await !sut.store.stop(read, by: .end, at: time), "\(number)")
            #expect(try await sut.store.run(read.id)?.status == now.status, "\(number)")
        }
        let running = try await sut.seed(1) { $0.status = .running }
        _ = try await sut.seed(1) { ($0.status, $0.revision) = (.completed, 1) }
        #expect(try await !sut.store.stop(running, by: .tell, at: time))
        #expect(try await sut.store.run(read.id)?.status == .completed)
    },
]
