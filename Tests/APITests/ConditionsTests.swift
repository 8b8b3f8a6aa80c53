// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Testing

struct ConditionsTests {
    private let api = APITester()

    @Test func `a weak tag never matches and says so, a tag without quotes is none`() async throws {
        _ = try await api.send(.post, "/api/jobs", #"{"name":"a","interval":1000}"#)
        let tag = try #require(try await api.send(.get, "/api/jobs/a").headers[.eTag])
        func edit(_ condition: String) async throws -> APITester.Answer {
            try await api.send(.patch, "/api/jobs/a", #"{"description":"x"}"#, headers: [.ifMatch: condition])
        }
        for unlike in ["\"other\"", "\"*\"", "\"a,b\", \"W/\""] {
            let answer = try await edit(unlike)
            #expect(answer.status == 412, "\(unlike)")
            #expect(!"\(answer)".contains("proxy"))
        }
        for weak in ["W/\(tag)", "\"other\", W/\(tag)", "W/\"other\""] {
            let answer = try await edit(weak)
            #expect(answer.status == 412, "\(weak)")
            #expect("\(answer)".contains("a proxy that compresses answers may have weakened it"))
        }
        for malformed in ["", ",", String(tag.dropFirst().dropLast()), "w/\(tag)", "\(tag) \(tag)", "*, \(tag)", "\"a"]
        {
            let answer = try await edit(malformed)
            #expect(answer.status == 400, "\(malformed)")
            #expect("\(answer)".contains("with its quotes"))
        }
        for right in ["*", "\"other\" ,, \(tag)", "W/\"x\",\(tag)"] {
            #expect(try await edit(right).status == 204, "\(right)")
            _ = try await api.send(.patch, "/api/jobs/a", #"{"description":null}"#)
            let now = try await api.send(.get, "/api/jobs/a").headers[.eTag]
            if now != tag { break }
        }
        var lines: HTTPFields = [.ifMatch: "\"other\""]
        lines.append(
            HTTPField(name: .ifMatch, value: try #require(try await api.send(.get, "/api/jobs/a").headers[.eTag])))
        #expect(try await api.send(.delete, "/api/jobs/a", headers: lines).status == 204)
    }

    @Test func `who has the job already is told so, and not given it again`() async throws {
        _ = try await api.send(.post, "/api/jobs", #"{"name":"a","interval":1000}"#)
        let tag = try #require(try await api.send(.get, "/api/jobs/a").headers[.eTag])
        for known in [tag, "W/\(tag)", "*", "\"other\", \(tag)"] {
            let answer = try await api.send(.get, "/api/jobs/a", headers: [.ifNoneMatch: known])
            #expect(answer.status == 304 && answer.body == nil)
            #expect(answer.headers[.eTag] == tag && answer.headers[.contentLength] == nil)
            let body = #"{"maxQueueCount":1}"#
            #expect(try await api.send(.patch, "/api/jobs/a", body, headers: [.ifNoneMatch: known]).status == 412)
            #expect(try await api.send(.delete, "/api/jobs/a", headers: [.ifNoneMatch: known]).status == 412)
        }
        #expect(try await api.send(.get, "/api/jobs/a", headers: [.ifNoneMatch: "\"other\""]).status == 200)
        #expect(try await api.send(.get, "/api/jobs/a", headers: [.ifMatch: "\"other\""]).status == 412)
        #expect(try await api.send(.get, "/api/jobs/b", headers: [.ifNoneMatch: "*"]).status == 404)
    }
}
