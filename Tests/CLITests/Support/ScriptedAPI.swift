// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Synchronization
import Testing

@testable import CLICommands

/// An API that answers from a script, and remembers what it was asked.
final class ScriptedAPI: APITransport, TokenSource {
    typealias Script = @Sendable (APIRequest, Int) throws(CLIFailure) -> APIAnswer

    private struct State {
        var requests: [APIRequest] = []
        var tokens: [String] = []
        var sleeps: [Duration] = []
        var notices: [String] = []
    }

    private let script: Script
    private let state = Mutex(State())

    /// The script gets a request and how many came before it.
    init(_ script: @escaping Script) {
        self.script = script
    }

    /// Answers in this order, and then with the last one.
    convenience init(_ answers: APIAnswer...) {
        self.init { _, count in answers[min(count, answers.count - 1)] }
    }

    var requests: [APIRequest] { state.withLock { $0.requests } }
    /// The tokens of the requests.
    var tokens: [String] { state.withLock { $0.tokens } }
    var sleeps: [Duration] { state.withLock { $0.sleeps } }
    var notices: [String] { state.withLock { $0.notices } }

    var client: APIClient {
        APIClient(
            tokens: self, transport: self,
            notice: { notice in self.state.withLock { $0.notices.append(notice) } },
            sleep: { wait in self.state.withLock { $0.sleeps.append(wait) } })
    }

    func send(_ request: APIRequest, token: String) async throws(CLIFailure) -> APIAnswer {
        let count = state.withLock { state in
            state.requests.append(request)
            state.tokens.append(token)
            return state.requests.count - 1
        }
        return try script(request, count)
    }

    func token() async throws -> String { "first" }

    func token(insteadOf refused: String) async throws -> String { "after \(refused)" }
}

extension APIAnswer {
    static func json(_ text: String, _ status: Int = 200, _ headers: [String: String] = [:]) -> APIAnswer {
        APIAnswer(status: status, headers: headers, body: Array(text.utf8))
    }

    static func problem(_ status: Int, _ detail: String, retryAfter: Int? = nil) -> APIAnswer {
        json(#"{"detail":"\#(detail)"}"#, status, retryAfter.map { ["retry-after": "\($0)"] } ?? [:])
    }
}

extension JobDefinition {
    /// A definition from JSON text.
    init(json: String) throws {
        try self.init(#require(Item(JSONReader.read(Array(json.utf8)))))
    }
}
