// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

struct WeakTagTests {
    @Test func `what a proxy did to the tag is not blamed on somebody else`() async throws {
        let api = ScriptedAPI { request, _ throws(CLIFailure) in
            request.method == .get
                ? .json(#"{"name":"a","interval":1000}"#, 200, ["etag": #"W/"1""#])
                : .problem(412, "a proxy may have weakened it")
        }
        let update = JobChange(name: "a", action: .update(["interval": .int(5_000)], tag: #"W/"1""#))
        let applier = JobApplier(api: api.client, now: Timestamp(millisecondsSinceEpoch: 0))
        var failed: [String] = []
        let count = try await applier.apply([update], report: { _ in }, complain: { failed.append($0.message) })
        #expect(count == 1)
        #expect(failed == ["job a: a proxy may have weakened it"])
        #expect(api.requests.map { $0.headers["If-Match"] } == [#"W/"1""#])
    }
}
