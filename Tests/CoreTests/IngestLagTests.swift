// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import Core

@Suite struct IngestLagTests {
    private let start = Sample.start
    private let ingestLag = IngestLag()

    private func since(_ uptime: Duration) -> Timestamp { ingestLag.since(now: start + uptime) }
    private func until(_ uptime: Duration) -> Timestamp { ingestLag.until(at: uptime, now: start + uptime) }

    private func note(connected: Bool, reconnects: Int = 0, at uptime: Duration) {
        ingestLag.note(BusState(isConnected: connected, reconnects: reconnects), now: start + uptime)
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

    private func store(from begin: Duration, to end: Duration, isFull: Bool = false) {
        ingestLag.batchStarted(at: begin)
        ingestLag.batchEnded(at: end, isFull: isFull)
    }

    @Test func `while a batch cannot be stored others wait behind it`() {
        ingestLag.batchStarted(at: .seconds(5))
        #expect(until(.milliseconds(5_400)) == start + .milliseconds(5_400))
        #expect(until(.seconds(8)) == start + .seconds(5))
        ingestLag.batchEnded(at: .seconds(9), isFull: false)
        #expect(until(.milliseconds(9_100)) == start + .seconds(5))
        store(from: .milliseconds(9_200), to: .milliseconds(9_300))
        #expect(until(.milliseconds(9_400)) == start + .milliseconds(9_400))
    }

    @Test func `where every batch is slow, what was heard is late and goes on`() {
        for second in stride(from: 0, to: 60, by: 2) { store(from: .seconds(second), to: .seconds(second + 2)) }
        ingestLag.batchStarted(at: .seconds(60))
        #expect(until(.milliseconds(60_100)) == start + .seconds(58))
        #expect(until(.seconds(62)) == start + .seconds(58))
    }

    @Test func `behind full batches nobody knows how long others wait`() {
        store(from: .seconds(1), to: .milliseconds(1_100), isFull: true)
        store(from: .milliseconds(1_100), to: .seconds(3), isFull: true)
        #expect(until(.seconds(3)) == start + .seconds(1))
        store(from: .seconds(3), to: .milliseconds(3_100))
        #expect(until(.milliseconds(3_200)) == start + .milliseconds(3_200))
    }

    @Test func `nothing waits when no batch follows`() {
        store(from: .seconds(1), to: .seconds(4))
        #expect(until(.seconds(5)) == start + .seconds(5))
    }
}
