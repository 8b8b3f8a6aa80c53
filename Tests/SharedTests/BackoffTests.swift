// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@Suite struct BackoffTests {
    @Test func `pauses grow to their limit, each at least half of the whole, and start over after a success`() {
        var backoff = Backoff(initial: .milliseconds(100), maximum: .seconds(5))
        for tries in 0..<40 {
            let full = min(Duration.milliseconds(100) * (1 << min(tries, 10)), .seconds(5))
            let pause = backoff.next()
            #expect(pause >= full / 2 && pause <= full)
        }
        backoff.reset()
        #expect(backoff.next() <= .milliseconds(100))
    }
}
