// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import Shared
import TestSupport
import Testing

@Suite struct ActionAndHintTests {
    private let job: JobName

    init() throws {
        job = try JobName("a.b")
    }

    @Test func `an action has the keys of the contract`() throws {
        let action = exampleAction(job, 7, payload: .object(["text": .string("a\"/\\\u{1}ü"), "none": .null]))
        let fields = try JSONDecoder().decode([String: JSONValue].self, from: Data(action.encodedBody()))
        #expect(
            fields == [
                "jobName": .string("a.b"), "runId": .string("650000000000000000000007"), "action": .string("run"),
                "attempt": .int(1), "scheduledTime": .string("2023-11-14T22:13:20.123Z"),
                "payload": .object(["text": .string("a\"/\\\u{1}ü"), "none": .null]),
            ])
        #expect(action.encodedBody() == action.encodedBody())
    }

    @Test func `optional keys of an action are left out`() throws {
        let action = ActionMessage(
            jobName: job, runID: RunID(.zero), action: .cancel, attempt: 3, scheduledTime: nil, payload: nil,
            decidedAt: Timestamp(millisecondsSinceEpoch: 0))
        #expect(
            String(decoding: action.encodedBody(), as: UTF8.self)
                == #"{"jobName":"a.b","runId":"000000000000000000000000","action":"cancel","attempt":3}"#)
    }

    @Test func `hints survive the wire`() throws {
        let many = try (1...ControlHint.maximumJobs).map { try JobName("j_\($0)") }
        for hint in [
            ControlHint.jobChanged(job), .jobsChanged(many), .jobsUnlocked, .runsChanged([job]),
            .runsChanged(many, retryAt: Timestamp(millisecondsSinceEpoch: 1_700_000_000_123)),
        ] {
            #expect(ControlHint(body: hint.encodedBody()) == hint)
        }
    }

    @Test(arguments: [
        "", "{}", "[]", "null", #"{"type":"job-changed"}"#, #"{"type":"job-changed","jobName":"a/b"}"#,
        #"{"type":"job-changed","jobName":7}"#, #"{"type":"other"}"#, #"{"type":7}"#, #"{"type":"jobs-changed"}"#,
        #"{"type":"jobs-changed","jobNames":[]}"#, #"{"type":"jobs-changed","jobNames":["b/c",1]}"#,
        #"{"type":"jobs-changed","jobNames":["a\#(String(repeating: #"","a"#, count: ControlHint.maximumJobs))"]}"#,
    ])
    func `what is not a hint is none`(body: String) {
        #expect(ControlHint(body: Array(body.utf8)) == nil)
    }

    @Test(arguments: [#""b/c""#, "1", "null"]) func `what is no name among others costs none of them`(name: String)
        throws
    {
        let body = #"{"type":"jobs-changed","jobNames":["a",\#(name)]}"#
        #expect(ControlHint(body: Array(body.utf8)) == .jobsChanged([try JobName("a")]))
    }

    @Test func `a hint with more keys than we know is a hint`() {
        #expect(ControlHint(body: Array(#"{"type":"jobs-unlocked","by":"x"}"#.utf8)) == .jobsUnlocked)
    }
}
