// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

let adminClaimChecks = [
    AdminStoreCheck("the first claim of a key stands, for everybody and for good") { sut in
        let job = try JobName("a")
        func claim(_ number: UInt32, body: String = "00", key: String = "ff") -> IdempotencyClaim {
            IdempotencyClaim(key: key, jobName: job, body: body, runID: AdminFixture.runID(number))
        }
        #expect(try await sut.store.claim(claim(1)) == claim(1))
        #expect(try await sut.store.claim(claim(2, body: "11")) == claim(1))
        #expect(try await sut.store.claim(claim(1)) == claim(1))
        #expect(try await sut.store.claim(claim(3, key: "fe")) == claim(3, key: "fe"))
        try await sut.store.settle(claim(1))
        try await sut.store.settle(claim(1))
        #expect(try await sut.store.claim(claim(4)).isDone)
        #expect(try await !sut.store.claim(claim(4, key: "fe")).isDone)
    },
    AdminStoreCheck("of many claims at a time one stands") { sut in
        let job = try JobName("a")
        let standing = try await withThrowingTaskGroup(of: IdempotencyClaim.self) { group in
            for number: UInt32 in 0..<24 {
                group.addTask {
                    try await sut.store.claim(
                        IdempotencyClaim(key: "ff", jobName: job, body: "\(number)", runID: AdminFixture.runID(number)))
                }
            }
            return try await group.reduce(into: Set<IdempotencyClaim>()) { $0.insert($1) }
        }
        #expect(standing.count == 1)
    },
    AdminStoreCheck("a key that looks like an operator is a text") { sut in
        let job = try JobName("a")
        for (number, text) in hostileTexts.enumerated() {
            let claim = IdempotencyClaim(
                key: text, jobName: job, body: text, runID: AdminFixture.runID(UInt32(number)))
            #expect(try await sut.store.claim(claim) == claim, "\(text)")
            try await sut.store.settle(claim)
            let other = IdempotencyClaim(
                key: text, jobName: job, body: text, runID: AdminFixture.runID(UInt32(100 + number)))
            let standing = try await sut.store.claim(other)
            #expect(standing.isDone && standing.runID == claim.runID, "\(text)")
        }
    },
    AdminStoreCheck("the claims of a job go with it, and those of others stay") { sut in
        func claim(_ number: UInt32, _ job: String) throws -> IdempotencyClaim {
            IdempotencyClaim(
                key: "key of \(job)", jobName: try JobName(job), body: "00", runID: AdminFixture.runID(number))
        }
        for name in ["a", "b"] {
            #expect(try await sut.store.create(try AdminFixture.job(name)))
            _ = try await sut.store.claim(claim(1, name))
        }
        let before = try #require(try await sut.store.job("a"))
        #expect(try await sut.store.edit(before, ["description"]) { $0.description = "x" })
        #expect(try await sut.store.delete(before.name, expected: before) == .conflict)
        #expect(try await sut.store.claim(claim(2, "a")) == claim(1, "a"))
        #expect(try await sut.store.delete(before.name, expected: nil) == .deleted)
        #expect(try await sut.store.claim(claim(3, "a")) == claim(3, "a"))
        #expect(try await sut.store.claim(claim(3, "b")) == claim(1, "b"))
    },
]
