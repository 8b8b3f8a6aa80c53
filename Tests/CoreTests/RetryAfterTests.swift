// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import Core

@Suite struct RetryAfterTests {
    /// 2026-11-30T02:00:00Z, a Monday.
    private static let now = Timestamp(rfc3339: "2026-11-30T02:00:00Z") ?? .earliest

    @Test(arguments: [
        ("0", 0), ("1", 1), ("007", 7), (" 120\t", 120), ("86400", 86_400), ("86401", 86_400),
        ("99999999999999999999999999", 86_400), ("Mon, 30 Nov 2026 02:00:30 GMT", 30),
        ("Mon, 30 Nov 2026 01:59:00 GMT", 0), ("Sun, 06 Nov 1994 08:49:37 GMT", 0),
        ("Tue, 01 Dec 2026 02:00:00 GMT", 86_400), ("Wed, 02 Dec 2026 02:00:00 GMT", 86_400),
        ("Monday, 30-Nov-26 02:01:00 GMT", 60), ("Sunday, 06-Nov-94 08:49:37 GMT", 0),
        ("Sunday, 06-Nov-75 08:49:37 GMT", 86_400),
        ("Mon Nov 30 02:00:05 2026", 5), ("Sun Nov  6 08:49:37 1994", 0), ("Tue Dec  1 01:00:00 2026", 82_800),
    ])
    func `seconds and dates in all three forms are waited for, a day at most`(text: String, seconds: Int) {
        #expect(RetryAfter.wait(text, now: Self.now) == .seconds(seconds))
    }

    @Test(arguments: [
        "", " ", "-1", "+1", "1.5", "1 2", "soon", "Mon, 30 Nov 2026 02:00:30", "Mon, 30 Nov 2026 02:00:30 CET",
        "Mon, 31 Nov 2026 02:00:30 GMT",
        "Mon, 30 Foo 2026 02:00:30 GMT", "Mon, 30 Nov 26 02:00:30 GMT", "Mon, 30 Nov 2026 2:00:30 GMT",
        "Mon, 30 Nov 2026 25:00:30 GMT",
        "2026-11-30T02:00:30Z", "Monday, 30-Nov-2026 02:01:00 GMT", "Mon Nov 30 02:00:05 26",
        "Mon Nov xx 02:00:05 2026", "\u{661}",
        "Mon, 30 Nov 2026 02:00:30 GMT GMT", "Mon, 100 Nov 2026 02:00:30 GMT",
    ])
    func `anything else is no wait that was asked for`(text: String) {
        #expect(RetryAfter.wait(text, now: Self.now) == nil)
    }

    private func outcome(_ status: Int, _ retryAfter: String?) -> Run {
        var answer = RequestAnswer(status: status)
        answer.retryAfter = retryAfter
        let message = ActionMessage(
            jobName: Sample.name(), runID: Sample.run().id, action: .run, attempt: 1, scheduledTime: nil, payload: nil,
            decidedAt: Self.now)
        var seen = HTTPAttempt()
        (seen.status, seen.total) = (status, 12.5)
        let end = RequestEnd(outcome: .answer(answer), seen: seen)
        var run = Sample.run { ($0.status, $0.isByHTTP) = (.running, true) }
        let job = Sample.job {
            $0.maxAttempts = 3
            $0.retryBackoff = RetryBackoff(initial: .seconds(10), factor: 1)
        }
        _ = RunReport.apply(
            end.report(of: message, lockEpoch: 1, now: Self.now), to: &run, job: job, now: Self.now,
            settings: EngineSettings())
        #expect(run.attempts.map(\.http) == [seen])
        return run
    }

    @Test(arguments: [408, 425, 429, 500, 503, 599])
    func `it puts the next attempt off`(status: Int) {
        #expect(outcome(status, "30").retryAt == Self.now + .seconds(30))
        #expect(outcome(status, "Mon, 30 Nov 2026 03:00:00 GMT").retryAt == Self.now + .seconds(3_600))
        #expect(outcome(status, "1000000").retryAt == Self.now + .seconds(86_400))
        // The backoff is the least.
        #expect(outcome(status, "3").retryAt == Self.now + .seconds(10))
        #expect(outcome(status, "whenever").retryAt == Self.now + .seconds(10))
        #expect(outcome(status, nil).retryAt == Self.now + .seconds(10))
    }

    @Test(arguments: [200, 301, 404, 410])
    func `where there is no next attempt it means nothing`(status: Int) {
        #expect(outcome(status, "30").retryAt == nil && outcome(status, "30").status.isFinal)
    }

    @Test func `410 alone says that the receiver is gone`() {
        for status in [200, 404, 409, 410, 411, 503] {
            #expect(RequestEnd(outcome: .answer(RequestAnswer(status: status))).isGone == (status == 410))
        }
        #expect(!RequestEnd(outcome: .failure("410")).isGone)
    }
}
