// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import Core

@Suite struct RecentKeysTests {
    private func key(_ number: UInt32) -> PendingAction.Key {
        PendingAction.Key(runID: RunID(Identifier(high: 1, low: number)), action: .run, attempt: 1)
    }

    @Test func `the oldest keys make room, and one that is there keeps its place`() {
        var recent = RecentKeys(capacity: 3)
        for number in [1, 2, 1, 3] as [UInt32] { recent.insert(key(number)) }
        #expect([1, 2, 3].allSatisfy { recent.contains(key($0)) })
        recent.insert(key(4))
        #expect(!recent.contains(key(1)))
        #expect([2, 3, 4].allSatisfy { recent.contains(key($0)) })
    }
}
