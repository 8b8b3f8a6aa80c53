// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPSink
import Shared
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct HTTPRequestSinkTests {
    private static let ok = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 7\r\n\r\n{\"a\":1}"

    /// Sends one request to a server of these steps.
    private func outcome(
        _ steps: [RawServer.Step], payload: JSONValue? = nil, _ edit: (inout HTTPDelivery) -> Void = { _ in }
    ) async throws -> (outcome: RequestOutcome, request: String) {
        let sink = try HTTPRequestSink.forLoopback()
        var result = (outcome: RequestOutcome.failure(""), request: "")
        try await RawServer.with(steps) { server in
            let request = try RunRequest.sample("HTTP://127.0.0.1:\(server.port)/hook?a=%20b", payload: payload, edit)
            result.outcome = await sink.send(request).outcome
            result.request = server.requests.first ?? ""
        }
        await sink.close()
        return result
    }

    @Test func `a request says which run it is, and has the payload as its body`() async throws {
        let (outcome, request) = try await outcome([.say(Self.ok)], payload: .object(["n": .int(1)])) {
            $0.headers = ["X-Team": "ops", "user-agent": "mine"]
        }
        guard case .answer(let answer) = outcome else { throw CancellationError() }
        #expect(answer.status == 200 && answer.contentType == "application/json" && !answer.isCut)
        #expect(answer.body == Array(#"{"a":1}"#.utf8))
        let lines = request.split(separator: "\r\n", omittingEmptySubsequences: false).map { String($0) }
        #expect(lines.first == "POST /hook?a=%20b HTTP/1.1")
        #expect(lines.last == #"{"n":1}"#)
        let id = RunID(Identifier(high: 7, low: 9))
        for line in [
            "user-agent: mine", "X-Team: ops", "Content-Type: application/json", "Idempotency-Key: \(id)",
            "Simple-Scheduler-Job: report", "Simple-Scheduler-Run-Id: \(id)", "Simple-Scheduler-Attempt: 2",
            "Simple-Scheduler-Scheduled-Time: 2027-01-15T08:00:00.000Z", "Simple-Scheduler-Action: run",
        ] {
            #expect(lines.contains { $0.lowercased() == line.lowercased() }, "\(line) in \(lines)")
        }
        #expect(lines.count { $0.lowercased().hasPrefix("user-agent:") } == 1)
        #expect(lines.count { $0.lowercased().hasPrefix("host: 127.0.0.1:") } == 1)
    }

    @Test func `without a payload the body is the action, a text goes as it is, and GET has none`() async throws {
        let bare = try await outcome([.say(Self.ok)]).request
        #expect(bare.contains(#""action":"run","attempt":2"#) && bare.contains(#"{"jobName":"report""#))
        let text = try await outcome([.say(Self.ok)], payload: .string("h\u{E9}llo")).request
        #expect(text.hasSuffix("\r\n\r\nh\u{E9}llo") && text.lowercased().contains("content-type: text/plain"))
        let typed = try await outcome([.say(Self.ok)], payload: .string("<a/>")) {
            $0.headers = ["content-type": "application/xml"]
        }.request
        #expect(typed.hasSuffix("<a/>") && typed.contains("application/xml") && !typed.contains("text/plain"))
        let get = try await outcome([.say(Self.ok)]) { $0.method = .get }.request
        #expect(get.hasPrefix("GET ") && get.hasSuffix("\r\n\r\n") && !get.lowercased().contains("content-"))
    }

    @Test func `a redirect is not followed`() async throws {
        let (outcome, _) = try await outcome([
            .say("HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n")
        ])
        guard case .answer(let answer) = outcome else { throw CancellationError() }
        #expect(answer.status == 302)
    }

    @Test func `of a long or endless body only the first part is read`() async throws {
        let long = String(repeating: "x", count: 200_000)
        let (outcome, _) = try await outcome([.say("HTTP/1.1 200 OK\r\ncontent-length: 200000\r\n\r\n\(long)")])
        guard case .answer(let answer) = outcome else { throw CancellationError() }
        #expect(answer.body.count == RequestAnswer.longestBody && answer.isCut && answer.length == 200_000)
        let (endless, _) = try await self.outcome([
            .say("HTTP/1.1 200 OK\r\n\r\n"), .endless(String(repeating: "y", count: 10_000)),
        ])
        guard case .answer(let first) = endless else { throw CancellationError() }
        #expect(first.body.count == RequestAnswer.longestBody && first.isCut && first.length == nil)
    }

    @Test(arguments: [
        (
            "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf",
            "the connection was closed before the whole answer was there"
        ),
        ("HTTP/1.1 200 OK\r\ncontent-le", "the connection was closed before the whole answer was there"),
        ("", "the connection was closed before the whole answer was there"),
        ("220 mail.example ESMTP\r\n", "the answer is not HTTP as it should be"),
    ])
    func `an answer that is broken off or none is an error in one line`(answer: String, error: String) async throws {
        #expect(try await outcome([.say(answer), .close]).outcome == .failure(error))
    }

    @Test func `a reset, a refused connection, an unknown name and plain text where TLS belongs are told apart`()
        async throws
    {
        let reset = try await outcome([.say("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nha"), .reset]).outcome
        #expect(
            [
                .failure("the connection was broken off"),
                .failure("the connection was closed before the whole answer was there"),
            ].contains(reset))
        let sink = try HTTPRequestSink.forLoopback()
        let other = try RunRequest.sample("http://127.0.0.1:1/")
        #expect(await sink.send(other).outcome == .failure("connection refused"))
        let unknown = try RunRequest.sample("http://nobody.invalid/x")
        #expect(await sink.send(unknown).outcome == .failure("name not found: nobody.invalid"))
        try await RawServer.with([.say(Self.ok)]) { server in
            // It waits for the end of a request, and so never answers the beginning of TLS.
            let secure = try RunRequest.sample("https://127.0.0.1:\(server.port)/")
            let task = Task { await sink.send(secure).outcome }
            try await eventually("the server was called") { server.bytes > 0 }
            task.cancel()
            let plain = await task.value
            guard case .failure(let line) = plain else { throw CancellationError() }
            #expect(!line.isEmpty && !line.contains("\n") && line.utf8.count < 220)
        }
        await sink.close()
    }

    @Test func `a silent or dripping server is left at once when the task is cancelled`() async throws {
        for steps in [[], [RawServer.Step.say("HTTP/1.1 200 OK\r\n\r\n"), .drip("z", 10_000)]] {
            try await RawServer.with(steps) { server in
                let sink = try HTTPRequestSink.forLoopback()
                let request = try RunRequest.sample("http://127.0.0.1:\(server.port)/")
                let start = ContinuousClock.now
                let task = Task { await sink.send(request) }
                try await eventually("the request is there") { !server.requests.isEmpty }
                task.cancel()
                _ = await task.value
                #expect(ContinuousClock.now - start < .seconds(10))
                await sink.close()
            }
        }
    }

    @Test func `a connection is used again, and many requests are in flight at once`() async throws {
        try await RawServer.with([.say(Self.ok)]) { server in
            let sink = try HTTPRequestSink.forLoopback()
            let request = try RunRequest.sample("http://127.0.0.1:\(server.port)/")
            // It is kept for a second, in which a busy machine may not come to the next request.
            var isUsedAgain = false
            for _ in 0..<20 where !isUsedAgain {
                _ = await sink.send(request)
                let connections = server.connections
                _ = await sink.send(request)
                isUsedAgain = server.connections == connections
            }
            #expect(isUsedAgain)
            let (requests, connections) = (server.requests.count, server.connections)
            await withDiscardingTaskGroup { group in
                for _ in 0..<200 { group.addTask { _ = await sink.send(request) } }
            }
            #expect(server.requests.count == requests + 200 && server.connections <= connections + 32)
            await sink.close()
        }
    }
}
