// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

@Suite struct APIClientTests {
    @Test func `what is put into a path or query is encoded`() {
        var request = APIRequest(.get, "jobs", "a/b ü", "run")
        request.add("labels", "team=a&b")
        #expect(request.target == "/jobs/a%2Fb%20%C3%BC/run?labels=team%3Da%26b")
    }

    @Test func `a refused token is replaced once`() async throws {
        let api = ScriptedAPI(.problem(401, "expired"), .json("{}"))
        _ = try await api.client.send(APIRequest(.get, "jobs"))
        #expect(api.tokens == ["first", "after first"])

        let strict = ScriptedAPI(.problem(401, "expired"))
        let problem = try await #require(throws: APIProblem.self) {
            try await strict.client.send(APIRequest(.get, "jobs"))
        }
        #expect(strict.requests.count == 2)
        #expect(CLIFailure(problem).code == .refused)
    }

    @Test(arguments: [429, 503]) func `a 429 or 503 is retried after Retry-After`(status: Int)
        async throws
    {
        let api = ScriptedAPI(.problem(status, "busy", retryAfter: 3), .problem(status, "busy"), .json("{}"))
        _ = try await api.client.send(APIRequest(.get, "jobs"))
        #expect(api.sleeps == [.seconds(3), .seconds(1)])
        #expect(api.notices.first == "busy; trying again in 3 s")
    }

    @Test func `retries end`() async throws {
        let api = ScriptedAPI(.problem(503, "down", retryAfter: 1))
        let problem = try await #require(throws: APIProblem.self) {
            try await api.client.send(APIRequest(.get, "jobs"))
        }
        #expect(api.requests.count == 4)
        #expect(problem.isRepeated)
        #expect(CLIFailure(problem).code == .unreachable)

        let long = ScriptedAPI(.problem(429, "busy", retryAfter: 3_600))
        await #expect(throws: APIProblem.self) { try await long.client.send(APIRequest(.get, "jobs")) }
        #expect(long.requests.count == 1)
    }

    @Test func `a list is read page by page by its cursors alone`() async throws {
        let api = ScriptedAPI { request, count throws(CLIFailure) in
            count < 2
                ? .json(
                    #"[{"name":"a\#(count)"}]"#, 200,
                    ["link": #"<https://elsewhere.example/api/jobs?limit=1&after=a\#(count)>; rel="next""#])
                : .json("[]")
        }
        var request = APIRequest(.get, "jobs")
        request.add("labels", "team=ops")
        let list = try await api.client.list(request, limit: nil)
        #expect(list.items.map { $0.text("name") } == ["a0", "a1"])
        #expect(!list.hasMore)
        #expect(
            api.requests.map(\.target) == [
                "/jobs?labels=team%3Dops&limit=1000", "/jobs?labels=team%3Dops&limit=1000&after=a0",
                "/jobs?labels=team%3Dops&limit=1000&after=a1",
            ])
    }

    @Test func `a limit ends the reading, and one hears that there is more`() async throws {
        let api = ScriptedAPI(.json(#"[{"name":"a"},{"name":"b"}]"#, 200, ["link": #"</x?after=b>; rel="next""#]))
        let list = try await api.client.list(APIRequest(.get, "jobs"), limit: 2)
        #expect(list.hasMore)
        #expect(api.requests.map(\.target) == ["/jobs?limit=2"])
    }

    @Test func `a list that leads in a circle is not followed for ever`() async {
        let api = ScriptedAPI(.json("[]", 200, ["link": #"</x?after=b>; rel="next""#]))
        await #expect(throws: APIAnswer.unexpected) { try await api.client.list(APIRequest(.get, "jobs"), limit: nil) }
        #expect(api.requests.count == 2)
    }

    @Test(arguments: ["", "<html>", "[1]", "{", #"{"a":1}"#, "[[]]"])
    func `an answer that is no list is said to be none`(text: String) {
        #expect(throws: APIAnswer.unexpected) { try APIAnswer.json(text).list() }
    }

    @Test(arguments: ["", "[]", "7", "\u{1B}[2J"])
    func `an answer that is no object is said to be none`(text: String) {
        #expect(throws: APIAnswer.unexpected) { try APIAnswer.json(text).object() }
    }
}
