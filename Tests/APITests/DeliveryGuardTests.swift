// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import HTTPTypes
import REST
import Shared
import TestSupport
import Testing

/// Where the requests of jobs may go, as far as the API says.
@Suite struct DeliveryGuardTests {
    private func body(_ url: String, _ rest: String = "") -> String {
        #"{"name":"a","cron":"0 * * * *","delivery":{"http":{"url":"\#(url)"}}\#(rest)}"#
    }

    @Test(arguments: [
        ("http://169.254.169.254/latest", "address not allowed: 169.254.169.254 (link-local)"),
        ("http://0x7f.1/", "address not allowed: 127.0.0.1 (loopback)"),
        ("https://[::ffff:127.0.0.1]/", "address not allowed: ::ffff:127.0.0.1 (loopback)"),
        ("http://127.0.0.1.1/", "host not allowed: 127.0.0.1.1 (neither a name nor an address that is clear)"),
    ])
    func `a job whose URL may not be called is refused with the field's path`(url: String, problem: String) async throws
    {
        let api = APITester()
        let answer = try await api.send(.post, "/api/jobs", body(url))
        #expect(answer.status == 422 && answer.faultyFields == ["delivery.http.url"])
        guard case .string(let detail)? = answer["detail"] else { throw CancellationError() }
        #expect(detail.contains(problem), "\(detail)")
        #expect(try await api.send(.post, "/api/jobs", body("http://receiver.example/")).status == 201)
        let patch = #"{"delivery":{"http":{"url":"\#(url)"}}}"#
        #expect(try await api.send(.patch, "/api/jobs/a", patch).faultyFields == ["delivery.http.url"])
    }

    @Test func `names are not resolved when a job is written, but those of a list are compared`() async throws {
        #expect(try await APITester().send(.post, "/api/jobs", body("http://localhost/")).status == 201)
        let listed = APITester {
            $0.addressRules = AddressRules(allowed: (try? AddressRules.hosts("*.example.com,10.0.0.1:81")) ?? [])
        }
        #expect(
            try await listed.send(.post, "/api/jobs", body("http://other.test/")).faultyFields == ["delivery.http.url"])
        #expect(
            try await listed.send(.post, "/api/jobs", body("http://10.0.0.2:81/")).faultyFields == ["delivery.http.url"]
        )
        #expect(try await listed.send(.post, "/api/jobs", body("http://a.example.com/")).status == 201)
    }

    @Test func `a job that was allowed once can be edited and deleted, but not run`() async throws {
        let api = APITester()
        let stored = Job(name: try JobName("b"), schedule: .once, nextRunAt: nil)
        var old = stored
        old.delivery = .http(HTTPDelivery(url: "http://127.0.0.1/"))
        api.store.change { [old] state in state.jobs[old.name] = MemoryAdminStore.record(old, edition: 0) }
        #expect(try await api.send(.patch, "/api/jobs/b", #"{"description":"x"}"#).status == 204)
        #expect(try await api.send(.post, "/api/jobs/b/run").faultyFields == ["delivery.http.url"])
        let same = #"{"delivery":{"http":{"url":"http://127.0.0.1/x"}}}"#
        #expect(try await api.send(.patch, "/api/jobs/b", same).faultyFields == ["delivery.http.url"])
        #expect(try await api.send(.delete, "/api/jobs/b").status == 204)
    }
}
