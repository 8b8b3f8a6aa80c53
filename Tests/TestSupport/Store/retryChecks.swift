// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

let retryChecks = [
    StoreCheck("history, backoff and the mark of a deleted job are stored and removed like any field") { sut in
        let run = try StoreFixture.run(1, "a")
        try await sut.door.put([run])
        var after = run
        after.attempt = 2
        after.retryAt = StoreFixture.start + .seconds(9)
        after.deadline = after.retryAt
        after.attempts = [
            RunAttempt(
                attempt: 1, startTime: StoreFixture.start, endTime: StoreFixture.start + .seconds(1), status: .failed,
                error: "no luck"),
            RunAttempt(
                attempt: 2, startTime: nil, endTime: StoreFixture.start + .seconds(2), status: .lost, error: nil),
            RunAttempt(
                attempt: 3, startTime: nil, endTime: StoreFixture.start + .seconds(3), status: .failed,
                error: "HTTP 503",
                http: HTTPAttempt { name in
                    [
                        "status": .int(503), "address": .string("fd00::1"), "connect": .double(0.125),
                        "total": .double(7),
                    ][name]
                }),
            RunAttempt(
                attempt: 4, startTime: nil, endTime: StoreFixture.start + .seconds(4), status: .failed, error: nil,
                http: HTTPAttempt()),
        ]
        after.isRetired = true
        for _ in 1...2 { #expect(try await sut.store.update([RunUpdate(before: run, after: after)]) == [.applied]) }
        after.revision = 1
        #expect(try await sut.store.run(run.id) == after)
        var back = after
        back.retryAt = nil
        back.isRetired = false
        back.attempts = []
        #expect(try await sut.store.update([RunUpdate(before: after, after: back)]) == [.applied])
        back.revision = 2
        #expect(try await sut.store.run(run.id) == back)
    },
    StoreCheck("a confirm that is noted late does not count for the next attempt") { sut in
        let run = try StoreFixture.run(1, "a")
        try await sut.door.put([run])
        var next = run
        next.beginNextAttempt(retryAt: StoreFixture.start)
        let mark = PublishedMark(
            id: run.id, action: .run, attempt: 1, publishedAt: StoreFixture.start, deadline: nil)
        try await sut.store.markPublished([mark])
        #expect(try await sut.store.update([RunUpdate(before: run, after: next)]) == [.conflict])
        let stored = try #require(try await sut.store.run(run.id))
        next = stored
        next.beginNextAttempt(retryAt: StoreFixture.start)
        #expect(try await sut.store.update([RunUpdate(before: stored, after: next)]) == [.applied])
        try await sut.store.markPublished([mark])
        #expect(try await sut.store.run(run.id)?.publishedAt == nil)
    },
    StoreCheck("a run that backs off is neither active nor waiting, but pending, and cannot be marked") { sut in
        var run = try StoreFixture.run(1, "a")
        run.attempt = 2
        run.retryAt = StoreFixture.start + .seconds(5)
        run.deadline = run.retryAt
        var queued = try StoreFixture.run(2, "a", slot: 2)
        queued.isWaiting = true
        queued.retryAt = StoreFixture.start
        try await sut.door.put([run, queued])
        let name = try JobName("a")
        #expect(
            try await sut.store.activity(of: [name]) == [
                name: JobActivity(active: 0, pending: 2, waiting: 1, oldestWaiting: queued)
            ])
        try await sut.store.markPublished([
            PublishedMark(id: run.id, action: .run, attempt: 2, publishedAt: StoreFixture.start, deadline: nil)
        ])
        #expect(try await sut.store.run(run.id) == run)
        #expect(try await sut.store.dueRuns(notAfter: StoreFixture.start + .seconds(5), after: nil, limit: 9) == [run])
        #expect(try await sut.store.dueRuns(notAfter: StoreFixture.start + .seconds(4), after: nil, limit: 9) == [])
    },
]
