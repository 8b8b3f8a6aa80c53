// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import ServiceHost
import Shared
import TestSupport
import Testing

struct HintSenderTests {
    private let bus = RecordingBus()

    private func names(_ numbers: Range<Int>) throws -> [JobName] { try numbers.map { try JobName("job-\($0)") } }

    @Test(.timeLimit(.minutes(1))) func `jobs that wait are named together, each once, in their order`() async throws {
        let sender = HintSender(bus: bus)
        for name in try names(0..<240) + names(0..<50) { sender.jobChanged(name) }
        let running = Task { try await sender.run() }
        var hints = bus.stream.makeAsyncIterator()
        for numbers in [0..<100, 100..<200, 200..<240] {
            #expect(await hints.next() == .jobsChanged(try names(numbers)))
        }
        sender.jobChanged(try JobName("job-0"))
        #expect(await hints.next() == .jobChanged(try JobName("job-0")))
        running.cancel()
        try await running.value
    }

    @Test(.timeLimit(.minutes(1))) func `what nobody sends does not pile up`() async throws {
        let sender = HintSender(bus: bus)
        for name in try names(0..<10_050) { sender.jobChanged(name) }
        let running = Task { try await sender.run() }
        var hints = bus.stream.makeAsyncIterator()
        for _ in 0..<99 { _ = await hints.next() }
        #expect(await hints.next() == .jobsChanged(try names(9_900..<10_000)))
        sender.jobChanged(try JobName("next"))
        #expect(await hints.next() == .jobChanged(try JobName("next")))
        running.cancel()
        try await running.value
    }
}
