// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import REST
import Shared
import Synchronization
import TestSupport
import Testing

struct DeliveriesTests {
    private let api = APITester()
    private static let secrets = #""signingSecrets":["a secret of ours","whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]"#

    private func stored() throws -> HTTPDelivery? {
        let name = try JobName("a")
        return api.store.state.withLock { $0.jobs[name]?.job?.delivery.http }
    }

    private func make() async throws {
        let body = """
            {"name":"a","interval":60000,"delivery":{"http":{"url":"http://h/",\(Self.secrets),
            "secretHeaders":{"Authorization":"Bearer hush"}}}}
            """
        #expect(try await api.send(.post, "/api/jobs", body).status == 201)
    }

    private func shown(_ body: JSONValue?) -> String {
        var json = JSONWriter()
        json.write(body ?? .null)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    @Test func `an answer has the number of the secrets and the names of their headers alone`() async throws {
        try await make()
        for path in ["/api/jobs/a", "/api/jobs"] {
            let text = shown(try await api.send(.get, path).body)
            #expect(text.contains(#""signingSecrets":2"#) && text.contains(#""secretHeaders":["Authorization"]"#))
            #expect(!text.contains("hush") && !text.contains("a secret") && !text.contains("MfKQ"))
        }
    }

    @Test func `what an answer said, sent back, keeps the secrets and is no edit`() async throws {
        try await make()
        let before = try #require(try stored())
        let read = try await api.send(.get, "/api/jobs/a")
        let tag = try #require(read.headers[.eTag])
        let back = shown(.object(["delivery": try #require(read["delivery"])]))
        let answer = try await api.send(.patch, "/api/jobs/a", back, headers: [.ifMatch: tag])
        #expect(answer.status == 204 && answer.headers[.eTag] == tag)
        #expect(try stored() == before)
    }

    @Test func `a job moves into a pool, to another, and out of it`() async throws {
        #expect(try await api.send(.post, "/api/jobs", #"{"name":"a","interval":60000}"#).status == 201)
        let name = try JobName("a")
        for (patch, workers) in [
            (#"{"delivery":{"worker":{"pool":"p"}}}"#, WorkerAddress.pool(try PoolName("p"))),
            (#"{"delivery":{"worker":{"pool":"q"}}}"#, .pool(try PoolName("q"))),
            (#"{"delivery":{"worker":{}}}"#, .job(name)),
            (#"{"delivery":{"worker":{"pool":"p"}}}"#, .pool(try PoolName("p"))),
            (#"{"delivery":null}"#, .job(name)),
        ] {
            #expect(try await api.send(.patch, "/api/jobs/a", patch).status == 204, "\(patch)")
            #expect(api.store.state.withLock { $0.jobs[name]?.job?.workers } == workers, "\(patch)")
        }
        for bad in [#""a b""#, "7", "null", #""a.action""#] {
            let answer = try await api.send(.patch, "/api/jobs/a", #"{"delivery":{"worker":{"pool":\#(bad)}}}"#)
            #expect(answer.status == 422 && answer.faultyFields == ["delivery.worker.pool"], "\(bad)")
        }
    }

    @Test func `a patch replaces the delivery, and keeps the secrets that it leaves out`() async throws {
        try await make()
        let before = try #require(try stored())
        let tag = try #require(try await api.send(.get, "/api/jobs/a").headers[.eTag])
        let patch = #"{"delivery":{"http":{"url":"http://other/","maxConcurrent":3}}}"#
        let answer = try await api.send(.patch, "/api/jobs/a", patch, headers: [.ifMatch: tag])
        #expect(answer.status == 204 && answer.headers[.eTag] != tag)
        var after = try #require(try stored())
        #expect(after.url.text == "http://other/" && after.maxConcurrent == 3)
        #expect(after.signingSecrets == before.signingSecrets && after.secretHeaders == before.secretHeaders)
        // Another secret of the same number is an edit: a tag from before is out of date.
        let present = try #require(answer.headers[.eTag])
        let renewed =
            #"{"delivery":{"http":{"url":"http://other/","maxConcurrent":3,"signingSecrets":["b secret of ours","c secret of ours"]}}}"#
        #expect(try await api.send(.patch, "/api/jobs/a", renewed, headers: [.ifMatch: present]).status == 204)
        #expect(try await api.send(.patch, "/api/jobs/a", patch, headers: [.ifMatch: present]).status == 412)
        after = try #require(try stored())
        #expect(after.signingSecrets.map(\.text.secretText) == ["b secret of ours", "c secret of ours"])
        #expect(after.secretHeaders == before.secretHeaders)
        let none = #"{"delivery":{"http":{"url":"http://other/","signingSecrets":[],"secretHeaders":null}}}"#
        #expect(try await api.send(.patch, "/api/jobs/a", none).status == 204)
        after = try #require(try stored())
        #expect(after.signingSecrets.isEmpty && after.secretHeaders.isEmpty)
    }

    @Test func `an edit of another field, and of a job that is not understood, keeps the secrets`() async throws {
        try await make()
        let before = try #require(try stored())
        #expect(try await api.send(.patch, "/api/jobs/a", #"{"description":"x"}"#).status == 204)
        #expect(try stored() == before)
        var fields: [String: FieldValue] = [:]
        for (field, value) in Job.blank.jsonFields { fields[field.rawValue] = .json(value) }
        fields["nextRunAt"] = .date(APITester.now)
        fields["interval"] = .json(.int(-1))
        fields["delivery"] = .json(JobDelivery.http(before).storedJSON)
        try api.put("a", fields)
        let repair = #"{"interval":60000,"delivery":{"http":{"url":"http://h/","signingSecrets":2}}}"#
        #expect(try await api.send(.patch, "/api/jobs/a", repair).status == 204)
        #expect(try stored() == before)
    }

    @Test(arguments: [
        (#"{"signingSecrets":3}"#, "delivery.http.signingSecrets"),
        (#"{"secretHeaders":["X-Hush"]}"#, "delivery.http.secretHeaders"),
        (#"{"signingSecrets":["short hush"]}"#, "delivery.http.signingSecrets"),
        (#"{"secretHeaders":{"A":"hush\n"}}"#, "delivery.http.secretHeaders.A"),
        (#"{"headers":{"authorization":"x"}}"#, "delivery.http.headers.authorization"),
        (#"{"headers":{"A":"${hush}"}}"#, "delivery.http.headers.A"),
        (#"{"url":"http://${hush}/"}"#, "delivery.http.url"),
    ])
    func `what is no secret or template is refused with its path, without a value`(part: String, path: String)
        async throws
    {
        try await make()
        let url = part.contains("url") ? "" : #""url":"http://h/","#
        let answer = try await api.send(
            .patch, "/api/jobs/a", #"{"delivery":{"http":{\#(url)\#(part.dropFirst())}}"#)
        #expect(answer.status == 422 && answer.faultyFields == [path], "\(answer)")
        #expect(!shown(answer.body).contains("hush"))
    }

    /// Answers what it is told, and keeps what it was asked.
    private final class Sink: RequestSink {
        let outcome: RequestOutcome
        let requests = Mutex<[RunRequest]>([])

        init(_ outcome: RequestOutcome) {
            self.outcome = outcome
        }

        func send(_ request: RunRequest) async -> RequestEnd {
            requests.withLock { $0.append(request) }
            var seen = HTTPAttempt()
            (seen.address, seen.total) = ("192.0.2.1", 1.5)
            return RequestEnd(outcome: outcome, seen: seen)
        }
    }

    private func tried(_ outcome: RequestOutcome, _ body: String) async throws -> (APITester.Answer, [RunRequest]) {
        let sink = Sink(outcome)
        let api = APITester { $0.requests = sink }
        let answer = try await api.send(.post, "/api/deliveries/test", body)
        #expect(api.store.state.withLock(\.jobs).isEmpty && api.store.state.withLock(\.runs).isEmpty)
        return (answer, sink.requests.withLock { $0 })
    }

    @Test func `a delivery is tried with one request, and what was seen is told`() async throws {
        var seen = RequestAnswer(status: 200, contentType: "application/json", body: Array(#"{"a":1}"#.utf8))
        seen.headers = [.init(name: "Content-Type", value: "application/json"), .init(name: "X-A", value: "1")]
        seen.headers.append(.init(name: "x-a", value: "2"))
        let (answer, requests) = try await tried(
            .answer(seen),
            #"{"delivery":{"http":{"url":"http://h/${jobName}","secretHeaders":{"A":"hush"}}},"payload":[1]}"#)
        #expect(answer.status == 200 && answer["status"] == .int(200) && answer["error"] == nil)
        #expect(answer["result"] == .object(["a": .int(1)]))
        #expect(answer["address"] == .string("192.0.2.1") && answer["total"] == .double(1.5))
        #expect(answer["headers"] == .object(["content-type": .string("application/json"), "x-a": .string("1, 2")]))
        let request = try #require(requests.first)
        #expect(requests.count == 1 && request.message.attempt == 1 && request.message.payload == .array([.int(1)]))
        #expect(request.sentAt == APITester.now && request.slot == APITester.now && request.message.action == .run)
        #expect(request.delivery.secretHeaders["A"]?.secretText == "hush" && !shown(answer.body).contains("hush"))
    }

    @Test func `a failure is an answer like any other`() async throws {
        let body = #"{"delivery":{"http":{"url":"http://h/","method":"GET"}}}"#
        let (refused, _) = try await tried(.failure("connection refused"), body)
        #expect(refused.status == 200 && refused["error"] == .string("connection refused") && refused["status"] == nil)
        let (down, _) = try await tried(.answer(RequestAnswer(status: 503, body: Array("not\nnow".utf8))), body)
        #expect(down.status == 200 && down["status"] == .int(503) && down["error"] == .string("HTTP 503: not now"))
        let (later, _) = try await tried(.answer(RequestAnswer(status: 202)), body)
        #expect(later["status"] == .int(202) && later["error"] == nil && later["result"] == nil)
    }

    @Test(arguments: [
        ("{}", ["delivery"]), (#"{"delivery":{"worker":{}}}"#, ["delivery"]), (#"{"delivery":null}"#, ["delivery"]),
        (#"{"delivery":{"http":{}},"n":1}"#, ["delivery.http.url", "n"]),
        (#"{"delivery":{"http":{"url":"http://h","method":"GET"}},"payload":1}"#, ["delivery.http.method"]),
        (#"{"delivery":{"http":{"url":"http://h","signingSecrets":1}}}"#, ["delivery.http.signingSecrets"]),
        (#"{"delivery":{"http":{"url":"http://169.254.169.254/"}}}"#, ["delivery.http.url"]),
    ])
    func `a bad delivery is refused, and nothing is sent`(body: String, paths: [String]) async throws {
        let (answer, requests) = try await tried(.failure(""), body)
        #expect(answer.status == 422 && answer.faultyFields == paths && requests.isEmpty)
    }

    @Test func `no answer in the delivery's time-out ends it`() async throws {
        struct Silent: RequestSink {
            func send(_ request: RunRequest) async -> RequestEnd {
                try? await Task.sleep(for: .seconds(60))
                var seen = HTTPAttempt()
                seen.address = "192.0.2.1"
                return RequestEnd(outcome: .failure("broken off"), seen: seen)
            }
        }
        let api = APITester { $0.requests = Silent() }
        let answer = try await api.send(
            .post, "/api/deliveries/test", #"{"delivery":{"http":{"url":"http://h/","timeout":20}}}"#)
        #expect(answer["error"] == .string("timeout after 0.02 s"))
        #expect(answer["address"] == .string("192.0.2.1"))
    }
}
