// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

let adminClaimChecks = [
    AdminStoreCheck("the first claim of a key stands, for everybody and for good") { sut in
        func claim(_ number: UInt32, body: String = "00", key: String = "ff") -> IdempotencyClaim {
            IdempotencyClaim(key: key, body: body, runID: AdminFixture.runID(number))
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
        let standing = try await withThrowingTaskGroup(of: IdempotencyClaim.self) { group in
            for number: UInt32 in 0..<24 {
                group.addTask {
                    try await sut.store.claim(
                        IdempotencyClaim(key: "ff", body: "\(number)", runID: AdminFixture.runID(number)))
                }
            }
            return try await group.reduce(into: Set<IdempotencyClaim>()) { $0.insert($1) }
        }
        #expect(standing.count == 1)
    },
    AdminStoreCheck("a key that looks like an operator is a text") { sut in
        for (number, text) in hostileTexts.enumerated() {
            let claim = IdempotencyClaim(key: text, body: text, runID: AdminFixture.runID(UInt32(number)))
            #expect(try await sut.store.claim(claim) == claim, "\(text)")
            try await sut.store.settle(claim)
            let other = IdempotencyClaim(key: text, body: text, runID: AdminFixture.runID(UInt32(100 + number)))
            let standing = try await sut.store.claim(other)
            #expect(standing.isDone && standing.runID == claim.runID, "\(text)")
        }
    },
]
