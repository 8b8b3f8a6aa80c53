// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

@Suite struct APIProblemTests {
    @Test func `a field's fault is shown beside its flag`() {
        let problem = APIProblem(
            .json(
                #"{"detail":"x","errors":[{"field":"maxQueueCount","detail":"is odd"},{"field":"labels.a","detail":"b"}]}"#,
                422))
        let failure = CLIFailure(problem, subject: "job a", fieldName: JobField.flag(for:))
        #expect(failure.code == .usage)
        #expect(failure.description == "error: job a: not valid\n  --max-queue-count: is odd\n  --label: b")
    }

    @Test func `missing scopes are named`() {
        let failure = CLIFailure(APIProblem(.json(#"{"detail":"no","missing_scopes":["jobs:write"]}"#, 403)))
        #expect(failure.code == .refused)
        #expect(failure.hints.first?.contains("jobs:write") == true)
    }

    @Test(arguments: ["", "<html><body>", "[]", #"{"detail":7,"errors":{"a":1}}"#, #"{"errors":[1,{"field":2}]}"#])
    func `an answer that does not say why is still told`(text: String) {
        let problem = APIProblem(.json(text, 500))
        #expect(problem.detail == "the answer has status 500 and does not say why")
        #expect(problem.faults.isEmpty)
    }

    @Test func `texts of the API command no terminal and have an end`() {
        let long = String(repeating: "x", count: 100_000)
        let problem = APIProblem(.json(#"{"detail":"\u001b[2J\#(long)"}"#, 404))
        #expect(problem.detail.hasPrefix("\\u001b[2J"))
        #expect(problem.detail.utf8.count < 600)
    }

    @Test func `a redirect is told and not followed`() {
        let failure = CLIFailure(APIProblem(.json("", 302, ["location": "https://elsewhere.example/"])))
        #expect(failure.message.contains("https://elsewhere.example/"))
        #expect(failure.code == .other)
    }
}
