// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import HTTPTypes
import Logging
import REST
import Shared
import Synchronization
import TestSupport
import Testing

struct ClockJobsTests {
    private let api = APITester {
        $0.dialects = [.clockMonster]
        $0.addressRules = AddressRules(allowed: (try? AddressRules.hosts("*.example.com")) ?? [])
    }
    private static let action = #""action":{"http":{"url":"https://a.example.com/$x$$"}}"#

    private func make(_ body: String) async throws -> (id: Int64, job: [String: JSONValue]) {
        let answer = try await api.send(.post, "/v2/job", body)
        #expect(answer.status == 200, "\(String(describing: answer.body))")
        guard case .object(let job)? = answer.body, case .int(let id)? = job["id"] else { throw CancellationError() }
        return (id, job)
    }

    private func stored(_ id: Int64) throws -> Job {
        let name = try JobName("clockmonster-\(id)")
        return try #require(api.store.state.withLock { $0.jobs[name]?.job })
    }

    private func text(_ value: JSONValue?) -> String {
        var json = JSONWriter()
        json.write(value ?? .null)
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func member(_ value: JSONValue?, _ path: String...) -> JSONValue? {
        path.reduce(value) { value, name in
            if case .object(let members)? = value { members[name] } else { nil }
        }
    }

    @Test func `a job of one run is made, with the list of backoffs that the original has`() async throws {
        let (id, job) = try await make(
            #"{"payload":"hi","time":{"type":"ONCE","nextRunUnix":1800000060},\#(Self.action)}"#)
        #expect((1..<(1 << 53)).contains(id))
        #expect(job["payload"] == .string("hi"))
        #expect(
            member(job["time"], "type") == .string("ONCE") && member(job["time"], "nextRunUnix") == .int(1_800_000_060))
        #expect(
            member(job["time"], "iterationsCount") == .int(0) && member(job["failure"], "iterationsCount") == .int(0))
        #expect(member(job["failure"], "backoff") == .array([1, 2, 4, 16, 32, 64].map { .int($0) }))
        #expect(member(job["action"], "http", "url") == .string("https://a.example.com/$x$$"))
        let made = try stored(id)
        #expect(made.schedule == .once && made.nextRunAt == Timestamp(millisecondsSinceEpoch: 1_800_000_060_000))
        #expect(made.labels == ["dialect": "clockmonster"] && made.maxAttempts == 7)
        #expect(made.delivery.http?.url.plainText == "https://a.example.com/$x$$")
        #expect(try await api.send(.get, "/v2/job?id=\(id)").body == .object(job))
        let shown = try await api.send(.get, "/api/jobs/clockmonster-\(id)")
        #expect(shown.status == 200 && shown["dialect"] == nil)
    }

    @Test func `a row of runs ends with the last one, or never, and a start that has passed is now`() async throws {
        let (id, job) = try await make(
            #"{"time":{"type":"REPEATING","nextRunUnix":5,"iterations":4,"interval":10},\#(Self.action)}"#)
        #expect(job["payload"] == .null && member(job["time"], "nextRunUnix") == .int(1_800_000_000))
        let made = try stored(id)
        #expect(made.interval == .seconds(10) && made.endAt == APITester.now + .seconds(30))
        #expect(made.misfirePolicy == .all && made.maxQueueCount == 0)
        let endless = try stored(
            try await make(
                #"{"time":{"type":"REPEATING","nextRunUnix":5,"iterations":-1,"interval":10},\#(Self.action)}"#
            ).id)
        #expect(endless.endAt == nil && endless.misfirePolicy == .once && endless.maxQueueCount == 1)
        let far = try stored(
            try await make(
                #"{"time":{"type":"REPEATING","nextRunUnix":5,"iterations":2147483647,"interval":3153600000},\#(Self.action)}"#
            ).id)
        #expect(far.endAt == nil)
    }

    @Test func `secrets are kept, and shown nowhere`() async throws {
        let headers = #""additionalHeaders":{"Authorization":"Bearer hush1","X-Api-Key":"hush2","X-Team":"a$b"}"#
        let letter =
            #"{"http":{"url":"https://d.example.com/","signingSecret":"hush4","additionalHeaders":{"Cookie":"hush5"}}}"#
        let (id, job) = try await make(
            #"{"payload":{},"time":{"type":"ONCE","nextRunUnix":1800000060},"#
                + #""action":{"http":{"url":"https://a.example.com/","signingSecret":"hush3",\#(headers)}},"#
                + #""failure":{"backoff":[0,3],"deadLetter":\#(letter)}}"#)
        #expect(member(job["action"], "http", "additionalHeaders", "X-Team") == .string("a$b"))
        #expect(member(job["action"], "http", "signingSecret") == .string("***"))
        for path in ["/v2/job?id=\(id)", "/api/jobs/clockmonster-\(id)", "/api/jobs"] {
            let answer = try await api.send(.get, path)
            #expect(answer.status == 200 && !text(answer.body).contains("hush"))
        }
        let made = try stored(id)
        #expect(made.delivery.http?.secretHeaders["Authorization"]?.secretText == "Bearer hush1")
        let terms = try #require(made.clockMonster)
        #expect(terms.backoff == [0, 3] && terms.signingSecret?.secretText == "hush3")
        #expect(terms.deadLetter?.signingSecret?.secretText == "hush4")
        #expect(terms.deadLetter?.delivery.secretHeaders["Cookie"]?.secretText == "hush5")
        #expect(!"\(terms)".contains("hush"))
        // An edit through the API leaves it as it is.
        #expect(try await api.send(.patch, "/api/jobs/clockmonster-\(id)", #"{"description":"x"}"#).status == 204)
        #expect(try stored(id).clockMonster == terms)
        #expect(try await api.send(.patch, "/api/jobs/clockmonster-\(id)", #"{"dialect":{}}"#).status == 422)
    }

    @Test(arguments: [
        ("{}", "time"), (#"{"time":{}}"#, "time.type"), (#"{"time":5}"#, "time: found 5"),
        (#"{"time":{"type":"SOMETIMES","nextRunUnix":1}}"#, "time.type"),
        (#"{"time":{"type":"ONCE","nextRunUnix":-1}}"#, "time.nextRunUnix"),
        (#"{"time":{"type":"ONCE","nextRunUnix":1800000000000}}"#, "time.nextRunUnix"),
        (#"{"time":{"type":"ONCE","nextRunUnix":"1"}}"#, "time.nextRunUnix"),
        (#"{"time":{"type":"REPEATING","nextRunUnix":1}}"#, "time.interval"),
        (#"{"time":{"type":"REPEATING","nextRunUnix":1,"interval":0,"iterations":1}}"#, "time.interval"),
        (#"{"time":{"type":"REPEATING","nextRunUnix":1,"interval":1,"iterations":0}}"#, "time.iterations"),
        (#"{"time":{"type":"REPEATING","nextRunUnix":1,"interval":1,"iterations":-2}}"#, "time.iterations"),
        (#"{"time":{"type":"ONCE","nextRunUnix":1},"action":{}}"#, "action: has no http"),
        (
            #"{"time":{"type":"ONCE","nextRunUnix":1},"action":{"sqs":{"queueUrl":"q"}}}"#,
            "action.sqs: is not supported"
        ),
        (#"{"time":{"type":"ONCE","nextRunUnix":1},"action":{"http":{}}}"#, "action.http.url"),
        (
            #"{"time":{"type":"ONCE","nextRunUnix":1},"action":{"http":{"url":"https://h.example.org/"}}}"#,
            "action.http.url"
        ),
        (
            #"{"time":{"type":"ONCE","nextRunUnix":1},"action":{"http":{"url":"ftp://a.example.com/"}}}"#,
            "action.http.url"
        ),
        (
            #"{"time":{"type":"ONCE","nextRunUnix":1},"action":{"http":{"url":"https://a.example.com/","signingSecret":""}}}"#,
            "action.http.signingSecret"
        ),
        (
            #"{"time":{"type":"ONCE","nextRunUnix":1},"action":{"http":{"url":"https://a.example.com/","additionalHeaders":{"Host":"x"}}}}"#,
            "action.http.additionalHeaders"
        ),
        (
            #"{"time":{"type":"ONCE","nextRunUnix":1},"action":{"http":{"url":"https://a.example.com/","additionalHeaders":{"X-A":"b\r\nc"}}}}"#,
            "action.http.additionalHeaders.X-A"
        ),
        (
            #"{"time":{"type":"ONCE","nextRunUnix":1},"action":{"http":{"url":"https://a.example.com/"}},"failure":{"backoff":[1,"x"]}}"#,
            "failure.backoff"
        ),
        (
            #"{"time":{"type":"ONCE","nextRunUnix":1},"action":{"http":{"url":"https://a.example.com/"}},"failure":{"backoff":[-1]}}"#,
            "failure.backoff"
        ),
        (
            #"{"time":{"type":"ONCE","nextRunUnix":1},"action":{"http":{"url":"https://a.example.com/"}},"failure":{"deadLetter":{"http":{"url":"https://h.example.org/"}}}}"#,
            "failure.deadLetter.http.url"
        ),
        ("", "the body"), ("[]", "the body"), ("{", "the body"),
    ])
    func `what is wrong is 400 in the dialect's words`(_ body: String, words: String) async throws {
        let answer = try await api.send(.post, "/v2/job", body)
        #expect(answer.status == 400 && answer["status"] == .int(400) && answer["error"] == .bool(true))
        guard case .string(let message)? = answer["message"] else { throw CancellationError() }
        #expect(message.contains(words), "\(message)")
    }

    @Test func `a job is deleted, and one that is not there, too`() async throws {
        let (id, _) = try await make(#"{"time":{"type":"ONCE","nextRunUnix":1800000060},\#(Self.action)}"#)
        let (other, _) = try await make(#"{"time":{"type":"ONCE","nextRunUnix":1800000060},\#(Self.action)}"#)
        _ = try await api.send(.post, "/api/jobs", #"{"name":"clockmonster-7","interval":1000}"#)
        #expect(try await api.send(.delete, "/v2/job?id=\(id)").status == 200)
        #expect(try await api.send(.delete, "/v2/job?id=\(id)").status == 200)
        #expect(try await api.send(.delete, "/v2/job/batch?ids=\(id),\(other),7,-5").status == 200)
        let gone = try await api.send(.get, "/v2/job?id=\(other)")
        #expect(
            gone.status == 404 && gone["message"] == .string("Cannot find that job!") && gone["error"] == .bool(true))
        #expect(try await api.send(.get, "/api/jobs/clockmonster-7").status == 200)
        #expect(try await api.send(.get, "/v2/job?id=7").status == 404)
    }

    @Test(arguments: [
        "/v2/job", "/v2/job?id=", "/v2/job?id=x", "/v2/job?id=1.5", "/v2/job?id=99999999999999999999",
        "/v2/job?id=1&id=2",
        "/v2/job?id=%FF", "/v2/job?id=%00",
    ])
    func `what is no number is 400`(_ path: String) async throws {
        for method in [HTTPRequest.Method.get, .delete] {
            let answer = try await api.send(method, path)
            #expect(answer.status == 400 && answer["error"] == .bool(true))
        }
        let batch = path.replacing("/v2/job", with: "/v2/job/batch").replacing("id=", with: "ids=")
        #expect(try await api.send(.delete, batch).status == 400)
    }

    @Test func `it tells how far it has come`() async throws {
        let (id, _) = try await make(
            #"{"time":{"type":"REPEATING","nextRunUnix":1800000000,"iterations":3,"interval":10},\#(Self.action)}"#)
        let name = try JobName("clockmonster-\(id)")
        func move(to slot: Timestamp?, open: [RunRecord]) {
            api.store.change { state in
                state.jobs[name]?.job?.nextRunAt = slot
                state.runs = Dictionary(uniqueKeysWithValues: open.map { ($0.id, $0) })
            }
        }
        var run = RunRecord(id: RunID(.zero), jobName: name, status: .pending, createdTime: APITester.now)
        run.scheduledTime = APITester.now + .seconds(10)
        run.attempts = (1...2).map {
            RunAttempt(attempt: $0, startTime: nil, endTime: APITester.now, status: .failed, error: "e")
        }
        move(to: APITester.now + .seconds(20), open: [run])
        let answer = try await api.send(.get, "/v2/job?id=\(id)")
        #expect(
            member(answer["time"], "iterationsCount") == .int(1)
                && member(answer["failure"], "iterationsCount") == .int(2))
        move(to: nil, open: [run])
        #expect(member(try await api.send(.get, "/v2/job?id=\(id)")["time"], "iterationsCount") == .int(2))
        move(to: nil, open: [])
        #expect(try await api.send(.get, "/v2/job?id=\(id)").status == 404)
    }

    @Test func `its events are told`() async throws {
        let broker = MemoryBroker()
        let bus = broker.bus()
        let events = ClockMonsterEvents(
            sink: bus, clock: SettableClock(now: APITester.now),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        let api = APITester {
            $0.dialects = [.clockMonster]
            $0.clockMonsterEvents = events
        }
        let answer = try await api.send(
            .post, "/v2/job", #"{"time":{"type":"ONCE","nextRunUnix":1800000060},\#(Self.action)}"#)
        guard case .int(let id)? = answer["id"] else { throw CancellationError() }
        _ = try await api.send(.delete, "/v2/job?id=\(id)")
        _ = try await api.send(.delete, "/v2/job?id=\(id)")
        async let connection: Void? = try? bus.run()
        let sending = Task { await events.run() }
        try await eventually("two events") { broker.sent.count == 2 }
        sending.cancel()
        await bus.close()
        _ = await connection
        #expect(broker.sent.map(\.routingKey) == ["JOB_CREATE", "JOB_REMOVE"])
        for message in broker.sent {
            #expect(message.exchange == "clockmonster.event" && message.isEvent && !message.isMandatory)
            let body = try JSONReader.read(message.body)
            #expect(member(body, "jobId") == .int(id) && member(body, "createdAtUnix") == .int(1_800_000_000))
            #expect(member(body, "event") == .string(message.routingKey))
        }
    }
}
