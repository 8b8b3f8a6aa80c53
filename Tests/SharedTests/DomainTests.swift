// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@Suite struct DomainTests {
    @Test(arguments: ["a", "A1", "0", "my-job", "a.b_c-d", String(repeating: "x", count: 128), "action", "a.actions"])
    func `names that a job may have`(text: String) throws {
        #expect(try JobName(text).text == text)
    }

    @Test(arguments: [
        "", "-a", ".a", "_a", "a b", "a/b", "a#", "a*", "ä", "a\n", "a\0", "job.action", "job.status", "job.heartbeat",
        String(repeating: "x", count: 129),
    ])
    func `names that a job may not have`(text: String) {
        #expect(throws: InvalidJobName.self) { try JobName(text) }
    }

    @Test func `an object id is read and written as 24 digits`() {
        let id = Identifier(hex: "6799B53b33fcc6482f29c96f")
        #expect(id?.hex == "6799b53b33fcc6482f29c96f")
        for wrong in [
            "", "6799b53b33fcc6482f29c96", "6799b53b33fcc6482f29c96ff", "6799b53b33fcc6482f29c96g",
            "+799b53b33fcc6482f29c96f",
        ] {
            #expect(Identifier(hex: wrong) == nil, "\(wrong)")
        }
    }

    @Test func `generated ids carry their second, and differ`() {
        var random = SystemRandomNumberGenerator()
        let generator = IdentifierGenerator(random: &random)
        let now = Timestamp(millisecondsSinceEpoch: 1_737_471_291_999)
        let ids = (0..<10_000).map { _ in generator.next(at: now) }
        #expect(Set(ids).count == ids.count)
        #expect(ids.allSatisfy { $0.high >> 32 == 1_737_471_291 })
        // Whoever makes them, they sort by their milliseconds.
        for _ in 0..<100 {
            let other = IdentifierGenerator(random: &random)
            #expect(other.next(at: now - .milliseconds(1)) < generator.next(at: now))
            #expect(generator.next(at: now) < other.next(at: now + .milliseconds(1)))
        }
    }

    @Test func `time stamps are written as RFC 3339 in UTC with milliseconds`() {
        #expect(Timestamp(millisecondsSinceEpoch: 1_737_471_291_007).rfc3339 == "2025-01-21T14:54:51.007Z")
        #expect(Timestamp(millisecondsSinceEpoch: 0).rfc3339 == "1970-01-01T00:00:00.000Z")
        #expect(Timestamp.latest.rfc3339 == "9999-12-31T23:59:59.999Z")
        for milliseconds in stride(from: Int64(1_737_471_291_000), to: 1_737_471_292_000, by: 1) {
            let text = Timestamp(millisecondsSinceEpoch: milliseconds).rfc3339
            let fraction = String(milliseconds % 1000)
            #expect(text.hasSuffix(String(repeating: "0", count: 3 - fraction.count) + fraction + "Z"))
        }
    }

    @Test func `sums saturate instead of trapping`() {
        #expect(Timestamp(millisecondsSinceEpoch: .max) + .seconds(1) == Timestamp(millisecondsSinceEpoch: .max))
        #expect(Timestamp(millisecondsSinceEpoch: .min) - .seconds(1) == Timestamp(millisecondsSinceEpoch: .min))
        #expect(Duration.seconds(Int64.max).milliseconds == .max)
    }

    @Test func `a schedule's slots never turn back and never leave the calendar`() {
        let schedule = Schedule.every(.milliseconds(250))
        let slot = Timestamp(millisecondsSinceEpoch: 1_000)
        #expect(schedule.next(after: slot) == slot + .milliseconds(250))
        #expect(schedule.next(after: .latest) == nil)
        #expect(Schedule.once.next(after: slot) == nil)
        let row = schedule.latest(from: slot, notAfter: slot + .milliseconds(999))
        #expect(row.slot == slot + .milliseconds(750))
        #expect(row.count == 4)
    }

    /// The contract's section 5, edge by edge.
    @Test func `run states move along the allowed edges only`() {
        let allowed: [RunStatus: Set<RunStatus>] = [
            .pending: [.running, .completed, .failed, .cancelling, .cancelled],
            .running: [.completed, .failed, .cancelling, .cancelled, .pending],
            .cancelling: [.cancelled, .completed, .failed],
            .cancelled: [], .failed: [], .completed: [],
        ]
        for from in RunStatus.allCases {
            for to in RunStatus.allCases {
                #expect(from.canBecome(to) == (allowed[from]?.contains(to) == true), "\(from) to \(to)")
            }
        }
    }
}
