// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Talks to the API as a person would want it to: with a fresh token, and again later when the API asks for it.
struct APIClient: Sendable {
    /// How often a request is sent that is answered 429 or 503.
    private static let tries = 4
    /// The longest wait between two of them, in seconds.
    private static let longestWait = 10

    let tokens: any TokenSource
    let transport: any APITransport
    /// Called before each wait, with the text to show.
    var notice: @Sendable (String) -> Void = { _ in }
    /// Replaced in tests.
    var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }

    /// Sends a request until it is answered.
    ///
    /// A token that is refused is replaced once, where it can be; else, and when its successor is refused, too, the API's
    /// reason is told. An API that asks to come back later is asked again a few times, which
    /// is harmless (docs/api.md: a job's name, `If-Match` and `Idempotency-Key` see to it).
    ///
    /// - Throws: `APIProblem` for any status but 2xx; `CLIFailure` when there is no answer or no token.
    func send(_ request: APIRequest) async throws -> APIAnswer {
        var token = try await tokens.token()
        var isRenewed = false
        var tries = 1
        while true {
            let answer = try await transport.send(request, token: token)
            switch answer.status {
            case 200..<300: return answer
            case 401:
                var problem = APIProblem(answer, isRepeated: tries > 1)
                problem.isTokenNew = isRenewed
                guard !isRenewed else { throw problem }
                isRenewed = true
                token = try await self.token(insteadOf: token, because: problem)
            case 429, 503:
                guard tries < Self.tries, (answer.retryAfter ?? 1) <= Self.longestWait else {
                    throw APIProblem(answer, isRepeated: tries > 1)
                }
                let wait = max(1, answer.retryAfter ?? 1)
                notice("\(APIProblem(answer).detail); trying again in \(wait) s")
                try await sleep(.seconds(wait))
                tries += 1
            default: throw APIProblem(answer, isRepeated: tries > 1)
            }
        }
    }

    private func token(insteadOf refused: String, because problem: APIProblem) async throws -> String {
        do {
            return try await tokens.token(insteadOf: refused)
        } catch let none as NoOtherToken {
            var problem = problem
            problem.renewalFailure = none.reason
            throw problem
        } catch var failure as CLIFailure {
            failure.hints.insert("The API had refused the token: \(problem.detail)", at: 0)
            throw failure
        }
    }

    /// Sends a request; a refusal is told as a failure of what the request was about, with the names of fields as the
    /// person knows them.
    @discardableResult
    func send(
        _ request: APIRequest, about subject: String, fieldName: (String) -> String = { $0 }
    ) async throws -> APIAnswer {
        do {
            return try await send(request)
        } catch let problem as APIProblem {
            throw CLIFailure(problem, subject: subject, fieldName: fieldName)
        }
    }

    /// Reads a list page by page, at most `limit` elements of it; `nil` = all.
    ///
    /// - Returns: the elements, and whether there are more.
    func list(
        _ request: APIRequest, limit: Int?, progress: (Int) -> Void = { _ in }
    ) async throws -> (items: [Item], hasMore: Bool) {
        var items: [Item] = []
        var cursor: String?
        var seen: Set<String> = []
        while true {
            var page = request
            let room = limit.map { $0 - items.count } ?? 1_000
            page.add("limit", String(min(room, 1_000)))
            // The cursors are names and ids, which need no encoding.
            page.add("after", cursor)
            let answer = try await send(page)
            items += try answer.list()
            guard let next = answer.nextCursor else { return (items, false) }
            if let limit, items.count >= limit { return (items, true) }
            guard seen.insert(next).inserted else { throw APIAnswer.unexpected }
            cursor = next
            progress(items.count)
        }
    }
}

extension APIClient {
    /// The API that the options lead to.
    ///
    /// Writes nothing to the terminal when it is to be quiet; waits for an answer as long as its `patience`.
    init(
        _ options: ConnectionOptions, isQuiet: Bool = false, patience: Duration = .seconds(30)
    ) throws(CLIFailure) {
        let access = try APIAccess(options)
        tokens = access.tokens
        transport = HTTPTransport(url: access.url, limit: patience)
        if !isQuiet { notice = { Console.standard.note($0) } }
    }
}
