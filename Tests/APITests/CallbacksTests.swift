// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Core
import Foundation
import HTTPTypes
import Shared
import Synchronization
import TestSupport
import Testing

struct CallbacksTests {
    private let api = APITester()
    private let run = RunID(Identifier(high: 7, low: 9))

    private func put(_ status: RunStatus, attempt: Int = 1) throws {
        var record = RunRecord(id: run, jobName: try JobName("a"), status: status, createdTime: APITester.now)
        record.attempt = attempt
        api.store.change { [record] state in state.runs[record.id] = record }

    }

    private func path(attempt: Int = 1) async throws -> String {
        let addresses = CallbackAddresses("", try await api.store.callbackKey(orElse: CallbackKey()))
        return addresses.address(of: run, attempt: attempt).secretText
    }

    private func status() -> RunStatus? {
        api.store.state.withLock { $0.runs[run]?.status }
    }

    @Test func `whoever knows the address reports without a token, until the attempt is over`() async throws {
        try put(.running)
        let path = try await path()
        #expect(try await api.send(.post, path + "/heartbeat", token: "").status == 204)
        #expect(try await api.send(.post, path + "/heartbeat", #"{"progress":0.5}"#, token: "").status == 204)
        #expect(api.store.state.withLock { $0.runs[run]?.progress } == 0.5)
        #expect(try await api.send(.post, path + "/status", #"{"status":"completed"}"#, token: "").status == 204)
        #expect(status() == .completed)
        #expect(try await api.send(.post, path + "/status", #"{"status":"completed"}"#, token: "").status == 404)
        #expect(try await api.send(.post, path + "/heartbeat", token: "").status == 404)
    }

    @Test func `another address, another attempt and another path are not found`() async throws {
        try put(.running, attempt: 2)
        let old = try await path(attempt: 1)
        #expect(try await api.send(.post, old + "/status", #"{"status":"completed"}"#, token: "").status == 404)
        let good = try await path(attempt: 2)
        for path in [
            String(good.dropLast()), good + "A", "/api/callbacks/x", "/api/callbacks/\(run).2.", "/api/callbacks/%00",
            good.replacingOccurrences(of: "\(run)", with: "\(RunID(.zero))"),
        ] {
            #expect(try await api.send(.post, path + "/status", #"{"status":"completed"}"#).status == 404)
        }
        #expect(try await api.send(.post, good, "{}").status == 404)
        #expect(try await api.send(.get, good + "/status").status == 405)
        #expect(status() == .running)
    }

    @Test(arguments: [
        (#"{"status":"running"}"#, 409), (#"{"status":"pending"}"#, 422), ("", 422), ("[]", 422), ("{", 422),
        (#"{"status":"completed","attempt":2}"#, 422), (#"{"status":"completed","progress":7}"#, 422),
        (#"{"status":"completed","error":5}"#, 422), (#"{"status":"completed","status":"failed"}"#, 422),
    ])
    func `a report that cannot be taken says so and changes nothing`(body: String, expected: Int) async throws {
        try put(.cancelling)
        let answer = try await api.send(.post, try await path() + "/status", body, token: "")
        #expect(answer.status == expected)
        #expect(status() == .cancelling)
    }

    @Test func `too much is 413, by the body and by its result`() async throws {
        try put(.running)
        let path = try await path() + "/status"
        let result = String(repeating: "r", count: 65_536)
        #expect(
            try await api.send(.post, path, #"{"status":"completed","result":"\#(result)"}"#, token: "").status == 413)
        let body = String(repeating: " ", count: 1 << 20) + "{}"
        #expect(try await api.send(.post, path, body, token: "").status == 413)
        #expect(status() == .running)
        let fits = #"{"status":"completed","result":"\#(result.dropLast(2))","error":"\#(result)"}"#
        #expect(try await api.send(.post, path, fits, token: "").status == 204)
    }

    @Test func `a store that is away is 503, and the address counts afterwards`() async throws {
        try put(.running)
        let path = try await path()
        api.store.change { $0.failure = StoreError(.unavailable, "away") }
        let answer = try await api.send(.post, path + "/heartbeat", token: "")
        #expect(answer.status == 503 && answer.headers[.retryAfter] != nil)
        api.store.change { $0.failure = nil }
        #expect(try await api.send(.post, path + "/heartbeat", token: "").status == 204)
    }
}
