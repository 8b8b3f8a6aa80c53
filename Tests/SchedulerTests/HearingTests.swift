// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import Scheduler

@Suite struct HearingTests {
    private let start = Sample.start
    private let hearing = Hearing()

    private func since(_ uptime: Duration) -> Timestamp { hearing.since(at: uptime, now: start + uptime) }

    private func note(connected: Bool, reconnects: Int = 0, at uptime: Duration) {
        hearing.note(BusState(isConnected: connected, reconnects: reconnects), now: start + uptime)
    }

    @Test func `without the broker nothing is heard, and after a reconnect it begins anew`() {
        #expect(since(.seconds(1)) == start + .seconds(1))
        note(connected: true, at: .seconds(2))
        #expect(since(.seconds(9)) == start + .seconds(2))
        note(connected: true, reconnects: 1, at: .seconds(10))
        #expect(since(.seconds(12)) == start + .seconds(10))
        note(connected: false, reconnects: 1, at: .seconds(13))
        #expect(since(.seconds(14)) == start + .seconds(14))
    }

    @Test func `while a batch cannot be stored others wait behind it`() {
        note(connected: true, at: .zero)
        hearing.batchStarted(at: .seconds(5))
        #expect(since(.milliseconds(5_400)) == start)
        #expect(since(.seconds(8)) == start + .seconds(8))
        hearing.batchEnded(at: .seconds(9), now: start + .seconds(9))
        #expect(since(.seconds(10)) == start + .seconds(9))
        hearing.batchStarted(at: .seconds(11))
        hearing.batchEnded(at: .milliseconds(11_100), now: start + .milliseconds(11_100))
        #expect(since(.seconds(12)) == start + .seconds(9))
    }
}
