// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import HTTPTypes
import REST
import ServiceHost
import Shared
import Synchronization
import TestSupport
import Testing

struct AccessTests {
    private let api = APITester()

    @Test(arguments: Operation.allCases.filter { $0.scope != nil })
    func `every protected operation needs a token and its scope`(_ operation: REST.Operation) async throws {
        let api = APITester { $0.dialects = Set(Dialect.allCases) }
        let (method, template) = try #require(operation.route)
        let path = template.replacing("{name}", with: "a").replacing("{id}", with: String(repeating: "0", count: 24))
        let nobody = try await api.send(method, path, token: "")
        #expect(nobody.status == 401)
        #expect(nobody.headers[.wwwAuthenticate] == "Bearer")
        let scope = try #require(operation.scope)
        let others = ["jobs:read", "jobs:write", "runs:read", "runs:write"].filter { $0 != scope.rawValue }
        let stranger = try await api.send(method, path, token: others.joined(separator: ","))
        #expect(stranger.status == 403)
        #expect(stranger["missing_scopes"] == .array([.string(scope.rawValue)]))
        #expect(try await api.send(method, path, token: "expired").status == 401)
        let down = try await api.send(method, path, token: "down")
        #expect(down.status == 503)
        #expect(down.headers[.retryAfter] != nil)
    }

    @Test func `other methods are told which there are`() async throws {
        let answer = try await api.send(.get, "/api/runs/0123456789abcdef01234567/cancel")
        #expect(answer.status == 405)
        #expect(answer.headers[.allow] == "POST, OPTIONS")
        #expect(try await api.send(.options, "/api/jobs").headers[.allow] == "GET, HEAD, POST, OPTIONS")
    }

    @Test(arguments: ["/", "/api", "/api/", "/api/jobs/", "/api/jobs/a/b", "//api/jobs", "/api/v1/jobs", "/metricsx"])
    func `other paths are not there`(_ path: String) async throws {
        let answer = try await api.send(.get, path)
        #expect(answer.status == 404)
        #expect(answer.headers[.contentType] == "application/problem+json")
    }

    @Test(arguments: ["bearer jobs:read", "BEARER  jobs:read", "Bearer\tjobs:read", " Bearer \t jobs:read\t"])
    func `the scheme has no case, and blanks may be several`(_ value: String) async throws {
        #expect(try await api.send(.get, "/api/jobs", token: "", headers: [.authorization: value]).status == 200)
    }

    @Test(arguments: ["", "Bearer", "Bearer ", "jobs:read", "Basic YTpi", "Bearer jobs:read jobs:read"])
    func `what is no bearer token is answered with 401`(_ value: String) async throws {
        let answer = try await api.send(.get, "/api/jobs", token: "", headers: [.authorization: value])
        #expect(answer.status == 401)
        #expect(answer.headers[.wwwAuthenticate] == "Bearer")
    }

    @Test func `all methods that there are`() async throws {
        let answer = try await api.send(.options, "*")
        #expect(answer.status == 204)
        #expect(answer.headers[.allow] == "GET, HEAD, POST, PATCH, DELETE, OPTIONS")
    }

    @Test(arguments: Operation.allCases.filter { $0.route?.method == .get && $0.dialect == nil })
    func `what can be got has a head`(_ operation: REST.Operation) async throws {
        _ = try await api.send(.post, "/api/jobs", #"{"name":"a","interval":1000}"#)
        let run = try await api.send(.post, "/api/jobs/a/run")
        guard case .string(let id)? = run["id"], let template = operation.route?.path else {
            Issue.record("no run")
            return
        }
        let path = template.replacing("{name}", with: "a").replacing("{id}", with: id)
        let whole = try await api.send(.get, path)
        let head = try await api.send(.head, path)
        #expect(head.status == whole.status && whole.status == 200)
        #expect(head.body == nil)
        #expect(head.headers[.contentLength] == whole.headers[.contentLength])
        #expect(head.headers[.eTag] == whole.headers[.eTag])
    }

    @Test func `two tokens are one too many`() async throws {
        var headers: HTTPFields = [:]
        headers.append(HTTPField(name: .authorization, value: "Bearer jobs:read"))
        headers.append(HTTPField(name: .authorization, value: "Bearer jobs:read"))
        #expect(try await api.send(.get, "/api/jobs", token: "", headers: headers).status == 400)
    }

    @Test func `a reason in a header holds nothing that may not stand there`() {
        let problem = Problem.unauthorized(#"it’s "x" \ y"# + "\n", isToken: true)
        #expect(problem.detail == #"it’s "x" \ y"# + "\n")
        #expect(problem.headers.first?.value == #"Bearer error="invalid_token", error_description="it's 'x' ' y'""#)
    }

    @Test func `a subject has a rate`() async throws {
        let limited = APITester { $0.rateLimit = 1 }
        #expect(try await limited.send(.get, "/api/jobs").status == 200)
        #expect(try await limited.send(.get, "/api/jobs").status == 200)
        let refused = try await limited.send(.get, "/api/jobs")
        #expect(refused.status == 429)
        #expect(refused.headers[.retryAfter] == "1")
    }

    @Test func `no place, no work; probes get through`() async throws {
        let full = APITester { $0.limits.requests = 0 }
        #expect(try await full.send(.get, "/api/jobs").status == 503)
        #expect(try await full.send(.get, "/livez").status == 200)
    }

    @Test func `a store that is away is a matter of time`() async throws {
        api.store.state.withLock { $0.failure = StoreError(.unavailable, "mongodb://secret") }
        let answer = try await api.send(.get, "/api/jobs/a")
        #expect(answer.status == 503)
        #expect(answer.headers[.retryAfter] != nil)
        #expect(!"\(answer)".contains("secret"))
    }

    @Test func `browsers are told nothing unless an operator allows their page`() async throws {
        let origin: HTTPFields = [.origin: "https://console.example.com"]
        let allow = try #require(HTTPField.Name("Access-Control-Allow-Origin"))
        #expect(try await api.send(.get, "/api/status", headers: origin).headers[allow] == nil)
        let origins = try #require(AllowedOrigins("https://console.example.com"))
        let open = APITester { $0.origins = origins }
        let answer = try await open.send(.get, "/api/status", headers: origin)
        #expect(answer.headers[allow] == "https://console.example.com")
        #expect(try await open.send(.get, "/api/status", headers: [.origin: "https://x.test"]).headers[allow] == nil)
    }

    @Test func `a head is an answer without its body`() async throws {
        let answer = try await api.send(.head, "/api/status")
        #expect(answer.status == 200 && answer.body == nil)
        #expect(answer.headers[.contentLength] == "15")
    }
}
