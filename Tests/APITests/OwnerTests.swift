// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Foundation
import HTTPTypes
import OIDC
import REST
import Shared
import TestSupport
import Testing

/// The owner of a data folder, where no issuer says who may what.
struct OwnerTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "owner-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private func withDoor(
        _ body: (APITester, OwnerDoor, OwnerToken, SettableClock) async throws -> Void
    ) async throws {
        try await withFolder { folder in
            let token = try OwnerToken(in: folder)
            let clock = SettableClock(now: APITester.now)
            let door = OwnerDoor(token: token, clock: clock) { [ReadinessCheck("jobs", isOK: true, detail: "<3 held")] }
            let api = APITester {
                $0.owner = door
                $0.verifier = door
            }
            try await body(api, door, token, clock)
        }
    }

    private func mode(_ path: String) throws -> Int {
        let facts = try FileManager.default.attributesOfItem(atPath: path)
        return (facts[.posixPermissions] as? Int ?? 0) & 0o777
    }

    @Test func `the token is kept, for this user alone`() async throws {
        try await withFolder { folder in
            let path = folder + "/token"
            let first = try OwnerToken(in: folder).text
            #expect(first.utf8.count == 43)
            #expect(try mode(path) == 0o600)
            #expect(try mode(folder) == 0o700)
            #expect(try OwnerToken(in: folder).text == first)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == first + "\n")
        }
    }

    @Test(arguments: [0o640, 0o604, 0o620])
    func `a token that others could read or write is made anew`(mode: Int) async throws {
        try await withFolder { folder in
            let first = try OwnerToken(in: folder).text
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: folder + "/token")
            #expect(try OwnerToken(in: folder).text != first)
            #expect(try self.mode(folder + "/token") == 0o600)
        }
    }

    @Test(arguments: ["", "short\n", String(repeating: "!", count: 43)])
    func `a token that is none is made anew`(text: String) async throws {
        try await withFolder { folder in
            _ = try OwnerToken(in: folder)
            try text.write(toFile: folder + "/token", atomically: false, encoding: .utf8)
            #expect(try mode(folder + "/token") == 0o600)
            #expect(try OwnerToken(in: folder).text.utf8.count == 43)
        }
    }

    @Test func `the owner has every scope, and nobody else any`() async throws {
        try await withDoor { api, door, token, _ in
            let owner = try await door.verify(token.text)
            #expect(owner.scopes == ["jobs:read", "jobs:write", "runs:read", "runs:write"])
            #expect(try await api.send(.get, "/api/jobs", token: token.text, host: "localhost:8080").status == 200)
            for other in ["", token.text + "x", String(token.text.dropLast()), "jobs:read"] {
                #expect(try await api.send(.get, "/api/jobs", token: other, host: "localhost:8080").status == 401)
            }
        }
    }

    @Test(arguments: [
        "evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8080", "192.168.0.1", "", "[::2]",
    ])
    func `another Host is refused on every path`(host: String) async throws {
        try await withDoor { (api, _, token, _) async throws in
            for path in ["/", "/login", "/api/status", "/api/jobs", "/livez", "/metrics", "/nothing"] {
                #expect(try await api.send(.get, path, token: token.text, host: host).status == 403, "\(path)")
            }
        }
    }

    @Test(arguments: ["localhost", "LOCALHOST:1", "127.0.0.1:8080", "127.1.2.3", "[::1]:8080"])
    func `this machine has several names`(host: String) async throws {
        try await withDoor { (api, _, token, _) async throws in
            #expect(try await api.send(.get, "/api/status", token: "", host: host).status == 200)
            let own: HTTPFields = [.origin: "http://\(host.lowercased())"]
            let answer = try await api.send(
                .post, "/api/jobs", #"{"name":"a","interval":1000}"#, token: token.text, headers: own, host: host)
            #expect(answer.status == 201)
        }
    }

    @Test(arguments: [
        "http://evil.example", "https://localhost:8080", "http://localhost:8081", "http://localhost", "null",
        "http://127.0.0.1:8080",
    ])
    func `a page of another origin may change nothing`(origin: String) async throws {
        try await withDoor { (api, _, token, _) async throws in
            let headers: HTTPFields = [.origin: origin]
            func status(_ method: HTTPRequest.Method, _ path: String) async throws -> Int {
                try await api.send(
                    method, path, #"{"name":"a","interval":1000}"#, token: token.text, headers: headers,
                    host: "localhost:8080"
                ).status
            }
            #expect(try await status(.post, "/api/jobs") == 403)
            #expect(try await status(.patch, "/api/jobs/a") == 403)
            #expect(try await status(.delete, "/api/jobs/a") == 403)
            #expect(try await status(.get, "/api/jobs") == 200)
        }
    }

    @Test func `the link works once and leaves a session`() async throws {
        try await withDoor { api, door, token, clock in
            func get(_ path: String, cookie: String? = nil, _ method: HTTPRequest.Method = .get) async throws
                -> APITester.Answer
            {
                let headers: HTTPFields = cookie.map { [.cookie: "other=1; \($0)"] } ?? [:]
                return try await api.send(method, path, token: "", headers: headers, host: "127.0.0.1:8080")
            }
            #expect(try await get("/").status == 401)
            let wrong = ["/login", "/login?code=", "/login?code=x", "/login?" + door.linkTarget, door.linkTarget + "x"]
            for wrong in wrong {
                #expect(try await get(wrong).status == 401)
            }
            #expect(try await get(door.linkTarget, .head).status == 401, "a look ahead does not use it up")
            #expect(try await get(door.linkTarget, .post).status == 405)
            clock.advance(by: .seconds(29 * 60))
            let answer = try await get(door.linkTarget)
            #expect(answer.status == 303)
            #expect(answer.headers[.location] == "/")
            let set = try #require(answer.headers[.setCookie])
            #expect(set.contains("; HttpOnly") && set.contains("; SameSite=") && !set.contains(token.text))
            let cookie = String(set.prefix { $0 != ";" })
            let page = try await get("/", cookie: cookie)
            #expect(page.status == 200)
            #expect(page.headers[.contentType] == "text/html; charset=utf-8")
            #expect(try await get(door.linkTarget).status == 401, "once")
            #expect(try await get("/", cookie: cookie + "A").status == 401)
            #expect(try await get("/", cookie: cookie.replacing("=1", with: "=2")).status == 401)
            #expect(
                try await api.send(
                    .get, "/api/jobs", token: "", headers: [.cookie: cookie], host: "127.0.0.1:8080"
                ).status == 401, "it is for the page")
            clock.advance(by: .seconds(8 * 24 * 3_600))
            #expect(try await get("/", cookie: cookie).status == 401)
        }
    }

    @Test func `the link works for half an hour`() async throws {
        try await withDoor { (api, door, _, clock) async throws in
            clock.advance(by: .seconds(30 * 60))
            #expect(try await api.send(.get, door.linkTarget, token: "", host: "localhost").status == 401)
        }
    }

    @Test func `without an owner there is no page`() async throws {
        #expect(try await APITester().send(.get, "/").status == 404)
        #expect(try await APITester().send(.get, "/login?code=x").status == 404)
    }

    @Test func `without a bus a job that needs one is refused`() async throws {
        let api = APITester { $0.hasBus = false }
        let answer = try await api.send(.post, "/api/jobs", #"{"name":"a","interval":1000}"#)
        #expect(answer.status == 422)
        #expect(answer.faultyFields == ["delivery"])
        let pooled = #"{"name":"p","interval":1000,"delivery":{"worker":{"pool":"tenants"}}}"#
        #expect(try await api.send(.post, "/api/jobs", pooled).faultyFields == ["delivery"])
        let stored = Job(name: try JobName("b"), schedule: .once, nextRunAt: nil)
        api.store.change { state in state.jobs[stored.name] = MemoryAdminStore.record(stored, edition: 0) }
        #expect(try await api.send(.patch, "/api/jobs/b", #"{"description":"x"}"#).faultyFields == ["delivery"])
        #expect(try await api.send(.post, "/api/jobs/b/run").faultyFields == ["delivery"])
        #expect(try await api.send(.delete, "/api/jobs/b").status == 204)
    }
}
