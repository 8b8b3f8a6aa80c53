// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import Core

@Suite struct PublishTroublesTests {
    private let recorder = LogRecorder()

    @Test func `a batch without trouble says nothing`() {
        var troubles = PublishTroubles()
        troubles.report(recorder.logger())
        #expect(recorder.lines.isEmpty)
    }

    @Test func `nacks are one line, however many they are and however often they are tried`() throws {
        var troubles = PublishTroubles()
        for name in ["b", "a", "b"] { troubles.nacked(try JobName(name)) }
        troubles.report(recorder.logger())
        troubles.nacked(try JobName("b"))
        troubles.report(recorder.logger())
        #expect(
            recorder.lines == [
                "warning the broker nacked actions (is a queue full?); publishing them again count=3 jobs=a,b"
            ])
    }

    @Test func `refused objects are one line for each job or pool`() throws {
        var troubles = PublishTroubles()
        for _ in 0..<3 { troubles.refused(.job(try JobName("a")), "NO") }
        troubles.refused(.pool(try PoolName("b")), "NEVER")
        troubles.report(recorder.logger())
        troubles.report(recorder.logger())
        #expect(
            recorder.lines == [
                "error the broker refuses the exchanges or queues of a job or a pool; its actions are held back count=3 error=NO job=a",
                "error the broker refuses the exchanges or queues of a job or a pool; its actions are held back count=1 error=NEVER job=\"pool b\"",
            ])
    }
}

@Suite struct FailedRemovalTests {
    @Test func `the pauses grow to five minutes`() {
        var failed = FailedRemoval(random: InjectedRandom())
        var now = Duration.zero
        for full in [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
            _ = failed.fail("no", isRefusal: true, now: now)
            #expect((.seconds(full) / 2 ... .seconds(full)).contains(failed.nextTry - now))
            now = failed.nextTry
        }
    }

    @Test func `a refusal is told once, a full queue when it stays full`() {
        var failed = FailedRemoval(random: InjectedRandom())
        let early = (0..<2).map { _ in failed.fail("full", isRefusal: false, now: .zero) }
        #expect(early == [false, false])
        #expect(!failed.isWorthTelling)
        let late = (0..<2).map { _ in failed.fail("full", isRefusal: false, now: .zero) }
        #expect(late == [true, false])
        #expect(failed.isWorthTelling)
        var refused = FailedRemoval(random: InjectedRandom())
        let first = refused.fail("locked", isRefusal: true, now: .zero)
        #expect(first && refused.isWorthTelling)
        let others = ["locked", "no rights"].map { refused.fail($0, isRefusal: true, now: .zero) }
        #expect(others == [false, true])
    }
}
