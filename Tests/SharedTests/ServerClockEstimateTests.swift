// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import TestSupport
import Testing

@Suite struct ServerClockEstimateTests {
    /// A server whose clock is `offset` ahead of the local one and shows whole milliseconds.
    private func show(_ uptime: Duration, offset: Duration) -> Timestamp {
        Timestamp(millisecondsSinceEpoch: (uptime + offset).milliseconds)
    }

    @Test func `it is never ahead of the server and gets within a millisecond`() {
        var random = SplitMix(seed: 3)
        let offset = Duration.seconds(1_800_000_000) + .microseconds(437)
        var uptime = Duration.seconds(1)
        var estimate: ServerClockEstimate?
        for _ in 0..<200 {
            let there = Duration.microseconds(Int64.random(in: 50...3_000, using: &random))
            let back = Duration.microseconds(Int64.random(in: 50...3_000, using: &random))
            let answer = show(uptime + there, offset: offset)
            if estimate == nil {
                estimate = ServerClockEstimate(server: answer, sentAt: uptime, receivedAt: uptime + there + back)
            } else {
                let step = estimate?.observe(server: answer, sentAt: uptime, receivedAt: uptime + there + back)
                #expect(step == nil)
            }
            uptime += there + back + .milliseconds(Int64.random(in: 0...20, using: &random))
            let known = estimate?.now(at: uptime) ?? .latest
            #expect(known <= show(uptime, offset: offset))
        }
        let known = estimate?.now(at: uptime) ?? .earliest
        #expect(show(uptime, offset: offset) - known <= .milliseconds(1))
    }

    @Test func `a step of the server's clock is noticed and followed`() {
        let before = show(.seconds(1), offset: .seconds(1_000))
        var estimate = ServerClockEstimate(server: before, sentAt: .seconds(1), receivedAt: .seconds(1))
        let after = show(.seconds(2), offset: .seconds(4_600))
        let step = estimate.observe(server: after, sentAt: .seconds(2), receivedAt: .seconds(2))
        #expect(step.map { abs($0.milliseconds - 3_600_000) <= 2 } == true)
        #expect(estimate.now(at: .seconds(2)) == after)
    }

    @Test func `an instant and its uptime belong together`() {
        let estimate = ServerClockEstimate(
            server: Timestamp(millisecondsSinceEpoch: 5_000), sentAt: .seconds(1), receivedAt: .seconds(1))
        let instant = Timestamp(millisecondsSinceEpoch: 9_000)
        #expect(estimate.now(at: estimate.uptime(of: instant)) == instant)
    }
}
