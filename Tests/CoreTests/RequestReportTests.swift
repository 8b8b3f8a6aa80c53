// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import Core

@Suite struct RequestReportTests {
    private static let message = ActionMessage(
        jobName: Sample.name(), runID: Sample.run().id, action: .run, attempt: 3, scheduledTime: nil, payload: nil,
        decidedAt: Sample.start)

    private func report(_ outcome: RequestOutcome) -> WorkerMessage {
        RequestEnd(outcome: outcome).report(of: Self.message, lockEpoch: 4, now: Sample.start)
    }

    private func answer(_ status: Int, _ body: String = "", type: String? = nil) -> WorkerMessage {
        report(.answer(RequestAnswer(status: status, contentType: type, body: Array(body.utf8))))
    }

    @Test(arguments: [
        (200, RunStatus.completed, true), (201, .completed, true), (204, .completed, true), (299, .completed, true),
        (202, .failed, true), (301, .failed, false), (304, .failed, false), (400, .failed, false),
        (404, .failed, false), (410, .failed, false), (408, .failed, true), (425, .failed, true),
        (429, .failed, true), (500, .failed, true), (503, .failed, true), (599, .failed, true), (101, .failed, true),
    ])
    func `an answer completes the run, fails the attempt, or fails it for good`(
        status: Int, expected: RunStatus, mayRetry: Bool
    ) {
        let report = answer(status)
        #expect(report.content == .status(expected) && report.mayRetry == mayRetry)
        #expect(report.attempt == 3 && report.sentUnder == 4)
    }

    @Test func `a failure is the error of a failed attempt`() {
        let failed = report(.failure("connection refused"))
        #expect(failed.content == .status(.failed) && failed.mayRetry && failed.error == "connection refused")
    }

    private static let bodies: [(body: String, type: String?, result: JSONValue?)] = [
        (#"{"a":[1]}"#, "application/json; charset=utf-8", .object(["a": .array([.int(1)])])),
        (#"{"a":1}"#, nil, .object(["a": .int(1)])),
        (#"{"a":1}"#, "text/plain", .string(#"{"a":1}"#)),
        ("{broken", "application/json", .string("{broken")),
        ("done\n", nil, .string("done\n")),
        ("", "application/json", nil), ("null", "application/json", nil),
        ("a\0b", "text/plain", .string("[3 bytes, not text]")),
    ]

    @Test(arguments: bodies)
    func `the body of a good answer is the result`(body: String, type: String?, result: JSONValue?) {
        #expect(answer(200, body, type: type).result == result)
    }

    @Test func `bytes are counted, and what is too long is cut`() {
        #expect(
            report(.answer(RequestAnswer(status: 200, body: [0xFF, 0xFE]))).result == .string("[2 bytes, not text]"))
        var bytes = RequestAnswer(status: 200, body: [UInt8](repeating: 0xFF, count: RequestAnswer.longestBody))
        bytes.isCut = true
        #expect(bytes.result == .string("[more than 65536 bytes, not text]"))
        bytes.length = 70_000
        #expect(bytes.result == .string("[70000 bytes, not text]"))
        // Cut in the middle of a character, and as long in JSON as nothing else is.
        for unit in ["\u{E9}", "\"", "\u{1}", "x", "\u{1F600}"] {
            let text = String(repeating: unit, count: RequestAnswer.longestBody)
            var long = RequestAnswer(status: 200, body: Array(("a" + text).utf8.prefix(RequestAnswer.longestBody)))
            long.isCut = true
            guard case .string(let result)? = long.result else {
                Issue.record("\(unit) has no text")
                continue
            }
            #expect(result.hasPrefix("a" + unit) && result.hasSuffix("… [cut]"))
            #expect(JSONValue.string(result).fits(WorkerMessage.maximumResultSize))
            #expect(!JSONValue.string(result + unit + unit).fits(WorkerMessage.maximumResultSize))
        }
    }

    @Test func `the error of a bad answer is one line with the first of its words`() {
        #expect(answer(503).error == "HTTP 503")
        #expect(answer(503, " so\r\n\tsorry \n").error == "HTTP 503: so sorry")
        #expect(
            answer(500, String(repeating: "e", count: 900)).error == "HTTP 500: " + String(repeating: "e", count: 200))
        #expect(report(.answer(RequestAnswer(status: 500, body: [0xFF]))).error == "HTTP 500")
        #expect(answer(404, "\u{1B}[31mred").error?.contains("\u{1B}") == false)
    }

    @Test func `a failure for good uses no further attempt, another one does`() {
        let job = Sample.job { $0.maxAttempts = 5 }
        for (status, after) in [(404, RunStatus.failed), (503, .pending)] {
            var run = Sample.run {
                $0.attempt = 3
                $0.status = .running
                $0.isByHTTP = true
            }
            let verdict = RunReport.apply(
                answer(status), to: &run, job: job, now: Sample.start + .seconds(1), settings: EngineSettings())
            #expect(verdict == .applied && run.status == after)
            #expect((run.retryAt != nil) == (after == .pending) && run.attempts.count == 1)
        }
    }

    @Test func `a request that is sent makes the run one by HTTP, which has a deadline`() {
        var running = WorkerMessage(runID: Sample.run().id, content: .status(.running), attempt: 1)
        running.sentUnder = 4
        let settings = EngineSettings()
        var delivery = HTTPDelivery(url: "http://h/")
        delivery.timeout = .seconds(7)
        let job = Sample.job {
            $0.delivery = .http(delivery)
            $0.heartbeatTimeout = .milliseconds(1)
        }
        var run = Sample.run { $0.lockEpoch = 2 }
        _ = RunReport.apply(running, to: &run, job: job, now: Sample.start, settings: settings)
        #expect(run.isByHTTP && run.lockEpoch == 4 && run.startTime == Sample.start)
        #expect(run.deadline == Sample.start + .seconds(7) + settings.publishTimeout)
        // It is as silent as a request is; it is lost only when nobody waits for it any more.
        let late = Sample.start + .seconds(3_600)
        let kept = RunRescue.of(run, job: job, now: late, settings: settings)
        #expect(kept.status == .running && kept.attempt == 1 && kept.deadline == late + settings.publishTimeout)
        let lost = RunRescue.of(run, job: job, now: late, isLost: true, settings: settings)
        #expect(lost.status == .pending && lost.attempt == 2 && !lost.isByHTTP && lost.unpublishedAction == .run)
        #expect(lost.attempts.map(\.status) == [.lost])
    }
}
