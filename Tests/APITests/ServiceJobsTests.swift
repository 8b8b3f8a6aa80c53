// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import AddressGuard
import HTTPTypes
import REST
import Shared
import Synchronization
import TestSupport
import Testing

struct ServiceJobsTests {
    private let api = APITester {
        $0.dialects = [.jobs]
        $0.addressRules = AddressRules(allowed: (try? AddressRules.hosts("*.example.com")) ?? [])
    }
    private static let hourly = #""schedule_type":"recurring","interval":"hour","interval_value":2"#

    private func body(_ rest: String = hourly) -> String {
        #"{"name":"Example, Job","description":"d","type":"http","target":"https://a.example.com/$x?b=%20","#
            + #""payload":{"message":"hi"},\#(rest)}"#
    }

    private func make(_ rest: String = hourly) async throws -> (id: String, job: [String: JSONValue]) {
        let answer = try await api.send(.post, "/jobs", body(rest))
        #expect(answer.status == 201, "\(String(describing: answer.body))")
        #expect(answer["message"] == .string("Job created successfully"))
        guard case .object(let job)? = answer["job"], case .string(let id)? = job["id"] else {
            throw CancellationError()
        }
        return (id, job)
    }

    private func stored(_ id: String) throws -> Job {
        let name = try JobName(id)
        return try #require(api.store.state.withLock { $0.jobs[name]?.job })
    }

    private func end(_ id: String, _ status: RunStatus, at seconds: Int64, error: String? = nil) throws {
        let time = APITester.now + .seconds(seconds)
        var run = RunRecord(
            id: RunID(Identifier(high: UInt64(time.millisecondsSinceEpoch / 1000) << 32, low: 1)),
            jobName: try JobName(id),
            status: status, createdTime: time)
        (run.startTime, run.endTime, run.error) = (time, time, error)
        api.store.change { $0.runs[run.id] = run }
    }

    @Test func `a job is made, and is an ordinary one`() async throws {
        let (id, job) = try await make()
        #expect(id.count == 36 && id.lowercased() == id)
        #expect(job["name"] == .string("Example, Job") && job["type"] == .string("http"))
        #expect(job["target"] == .string("https://a.example.com/$x?b=%20") && job["status"] == .string("active"))
        #expect(job["interval"] == .string("hour") && job["interval_value"] == .int(2))
        #expect(job["next_run"] == .string((APITester.now + .seconds(7200)).rfc3339))
        for name in ["cron_expression", "specific_time", "last_run", "error_message"] { #expect(job[name] == .null) }
        #expect(job["created_at"] == job["updated_at"])
        let made = try stored(id)
        #expect(made.interval == .seconds(7200) && made.maxAttempts == 3 && made.labels == ["dialect": "jobs"])
        #expect(made.retryBackoff == RetryBackoff(initial: .seconds(1), factor: 2))
        #expect(made.delivery.http?.url.plainText == "https://a.example.com/$x?b=%20")
        let shown = try await api.send(.get, "/api/jobs/\(id)")
        #expect(shown.status == 200 && shown["dialect"] == nil)
        #expect(try await api.send(.get, "/jobs/\(id.uppercased())").body == .object(job))
    }

    @Test(arguments: [
        ("minute", 5, "2027-01-15T08:05:00.000Z"), ("day", 1, "2027-01-16T08:00:00.000Z"),
        ("week", 2, "2027-01-29T08:00:00.000Z"), ("month", 1, "2027-02-15T08:00:00.000Z"),
        ("year", 1, "2028-01-15T08:00:00.000Z"),
    ])
    func `the first run is one step after now`(unit: String, value: Int, next: String) async throws {
        let (id, job) = try await make(#""schedule_type":"recurring","interval":"\#(unit)","interval_value":\#(value)"#)
        #expect(job["next_run"] == .string(next))
        #expect(job["interval"] == .string(unit) && job["interval_value"] == .int(Int64(value)))
        #expect(try stored(id).nextRunAt?.rfc3339 == next)
    }

    @Test func `a month from the 31st is the last day of the next one, and the 31st again after that`() async throws {
        let api = APITester {
            $0.dialects = [.jobs]
            $0.clock = SettableClock(now: Timestamp(rfc3339: "2027-01-31T10:20:30.400Z") ?? .earliest)
        }
        let made = try await api.send(
            .post, "/jobs", body(#""schedule_type":"recurring","interval":"month","interval_value":1"#))
        guard case .object(let job)? = made["job"], case .string(let id)? = job["id"] else { throw CancellationError() }
        #expect(job["next_run"] == .string("2027-02-28T10:20:30.400Z"))
        guard case .array(let slots)? = try await api.send(.get, "/api/jobs/\(id)/preview?count=3").body else { return }
        let times = slots.compactMap { slot -> String? in
            guard case .object(let slot) = slot, case .string(let time)? = slot["scheduledTime"] else { return nil }
            return time
        }
        #expect(times == ["2027-02-28T10:20:30.400Z", "2027-03-31T10:20:30.400Z", "2027-04-30T10:20:30.400Z"])
    }

    @Test func `sixty minutes stay sixty minutes`() async throws {
        let (_, job) = try await make(#""schedule_type":"recurring","interval":"minute","interval_value":60"#)
        #expect(job["interval"] == .string("minute") && job["interval_value"] == .int(60))
    }

    @Test func `a cron, and a time`() async throws {
        let cron = try await make(#""schedule_type":"cron","cron_expression":"0 * * * *""#)
        #expect(cron.job["cron_expression"] == .string("0 * * * *"))
        #expect(cron.job["next_run"] == .string("2027-01-15T09:00:00.000Z"))
        let once = try await make(#""schedule_type":"specific_time","specific_time":"2027-02-01T00:00:00Z""#)
        #expect(once.job["specific_time"] == .string("2027-02-01T00:00:00.000Z"))
        #expect(
            once.job["next_run"] == once.job["specific_time"] && once.job["schedule_type"] == .string("specific_time"))
    }

    @Test(arguments: [
        ("{}", ["name", "schedule_type", "target", "type"]),
        (
            #"{"name":"","type":"ftp","target":"x","schedule_type":"never"}"#,
            ["name", "schedule_type", "target", "type"]
        ),
        (
            #"{"name":5,"type":[],"target":{},"schedule_type":0,"payload":"x"}"#,
            ["name", "payload", "schedule_type", "target", "type"]
        ),
        (
            #"{"name":"a","type":"http","target":"https://h.example.org/","schedule_type":"cron","cron_expression":"* *"}"#,
            ["cron_expression"]
        ),
        (#"{"name":"a","type":"http","target":"https://b.example.com/","schedule_type":"cron"}"#, ["cron_expression"]),
        (#"{"name":"a","type":"http","target":"https://b.example.com/","schedule_type":"recurring"}"#, ["interval"]),
        (
            #"{"name":"a","type":"http","target":"https://b.example.com/","schedule_type":"recurring","interval":"day"}"#,
            ["interval_value"]
        ),
        (
            #"{"name":"a","type":"http","target":"https://b.example.com/","schedule_type":"recurring","interval":"day","interval_value":0}"#,
            ["interval_value"]
        ),
        (
            #"{"name":"a","type":"http","target":"https://b.example.com/","schedule_type":"recurring","interval":"month","interval_value":1.5}"#,
            ["interval_value"]
        ),
        (
            #"{"name":"a","type":"http","target":"https://b.example.com/","schedule_type":"recurring","interval":"eon","interval_value":1}"#,
            ["interval"]
        ),
        (
            #"{"name":"a","type":"http","target":"https://b.example.com/","schedule_type":"specific_time","specific_time":"2020-01-01T00:00:00Z"}"#,
            ["specific_time"]
        ),
        (
            #"{"name":"a","type":"http","target":"https://b.example.com/","schedule_type":"specific_time","specific_time":"soon"}"#,
            ["specific_time"]
        ),
        (
            #"{"name":"a","type":"http","target":"https://h.example.org/","schedule_type":"cron","cron_expression":"* * * * *"}"#,
            ["target"]
        ),
        (
            #"{"name":"a\u0000","type":"http","target":"https://b.example.com/","schedule_type":"cron","cron_expression":"* * * * *"}"#,
            ["name"]
        ),
        (
            #"{"name":"a","status":"paused","type":"http","target":"https://b.example.com/","schedule_type":"cron","cron_expression":"* * * * *"}"#,
            ["status"]
        ),
    ])
    func `what is wrong is said by field`(_ body: String, fields: [String]) async throws {
        let answer = try await api.send(.post, "/jobs", body)
        #expect(answer.status == 400 && answer["message"] == .string("Invalid job data"))
        guard case .object(let errors)? = answer["errors"] else { throw CancellationError() }
        #expect(errors.keys.filter { $0 != "_errors" }.sorted() == fields)
        #expect(answer.headers[.contentType] == "application/json")
    }

    @Test(arguments: ["", "{", "[]", "5", "\"x\""])
    func `what is no object is 400 in the dialect's words`(_ body: String) async throws {
        let answer = try await api.send(.post, "/jobs", body)
        #expect(answer.status == 400 && answer["message"] == .string("Invalid request") && answer["error"] != nil)
    }

    @Test func `an edit merges, and what is said again changes nothing`() async throws {
        let (id, before) = try await make()
        var json = JSONWriter()
        json.write(.object(before))
        let same = try await api.send(.put, "/jobs/\(id)", String(decoding: json.bytes, as: UTF8.self))
        #expect(same.status == 200 && same["message"] == .string("Job updated successfully"))
        guard case .object(let again)? = same["job"] else { throw CancellationError() }
        #expect(again["next_run"] == before["next_run"] && again["payload"] == before["payload"])
        let renamed = try await api.send(.put, "/jobs/\(id)", #"{"name":"other","payload":null,"description":null}"#)
        guard case .object(let after)? = renamed["job"] else { throw CancellationError() }
        #expect(after["name"] == .string("other") && after["payload"] == .null && after["description"] == .null)
        #expect(after["target"] == before["target"] && after["interval"] == .string("hour"))
        #expect(try stored(id).payload == .object([:]))
        let moved = try await api.send(.put, "/jobs/\(id)", #"{"interval_value":3}"#)
        guard case .object(let slower)? = moved["job"] else { throw CancellationError() }
        #expect(slower["next_run"] == .string((APITester.now + .seconds(10_800)).rfc3339))
    }

    @Test(arguments: [
        (#"{"schedule_type":"cron","cron_expression":"*/5 * * * *"}"#, "2027-01-15T08:05:00.000Z"),
        (#"{"schedule_type":"specific_time","specific_time":"2028-01-01T00:00:00Z"}"#, "2028-01-01T00:00:00.000Z"),
        (#"{"interval":"month","interval_value":1}"#, "2027-02-15T08:00:00.000Z"),
        (#"{"interval":"minute","interval_value":1}"#, "2027-01-15T08:01:00.000Z"),
    ])
    func `a job goes from any schedule to any other`(_ body: String, next: String) async throws {
        for rest in [
            Self.hourly, #""schedule_type":"cron","cron_expression":"0 0 1 1 *""#,
            #""schedule_type":"recurring","interval":"year","interval_value":1"#,
            #""schedule_type":"specific_time","specific_time":"2030-01-01T00:00:00Z""#,
        ] {
            let (id, _) = try await make(rest)
            let type = body.contains("schedule_type") ? body : #"{"schedule_type":"recurring","# + body.dropFirst()
            let answer = try await api.send(.put, "/jobs/\(id)", type)
            #expect(answer.status == 200, "\(rest) \(String(describing: answer.body))")
            #expect(try stored(id).nextRunAt?.rfc3339 == next, "\(rest)")
        }
    }

    @Test func `an edit keeps what the API has added to the delivery`() async throws {
        let (id, _) = try await make()
        let patch =
            #"{"delivery":{"http":{"url":"https://a.example.com/","secretHeaders":{"Authorization":"hush hush"}}}}"#
        #expect(try await api.send(.patch, "/api/jobs/\(id)", patch).status == 204)
        #expect(try await api.send(.put, "/jobs/\(id)", #"{"target":"https://c.example.com/"}"#).status == 200)
        let http = try #require(try stored(id).delivery.http)
        #expect(
            http.url.text == "https://c.example.com/" && http.secretHeaders["Authorization"]?.secretText == "hush hush")
        #expect(try stored(id).serviceJob?.name == "Example, Job")
    }

    @Test func `the status is that of the last run, unless somebody sets it`() async throws {
        let (id, _) = try await make()
        try end(id, .failed, at: 10, error: "HTTP 404")
        var job = try await api.send(.get, "/jobs/\(id)")
        #expect(job["status"] == .string("failed") && job["error_message"] == .string("HTTP 404"))
        #expect(
            job["last_run"] == .string((APITester.now + .seconds(10)).rfc3339) && job["updated_at"] == job["last_run"])
        try end(id, .completed, at: 20)
        job = try await api.send(.get, "/jobs/\(id)")
        #expect(job["status"] == .string("active") && job["error_message"] == .null)
        let set = try await api.send(.patch, "/jobs/\(id)/status", #"{"status":"inactive"}"#)
        #expect(set.status == 200 && set["message"] == .string("Job status updated to inactive successfully"))
        #expect(try await api.send(.get, "/jobs/\(id)")["status"] == .string("inactive"))
        #expect(try stored(id).isEnabled == false)
        #expect(try await api.send(.patch, "/jobs/\(id)/status", #"{"status":"off"}"#).status == 400)
        #expect(try await api.send(.patch, "/jobs/\(id)/status", #"{"status":"active"}"#).status == 200)
        #expect(try stored(id).isEnabled)
        let failed = try await make()
        #expect(try await api.send(.patch, "/jobs/\(failed.id)/status", #"{"status":"failed"}"#).status == 200)
        #expect(try await api.send(.get, "/jobs/\(failed.id)")["status"] == .string("failed"))
    }

    @Test func `lists are of the dialect's jobs, the newest first, and filtered`() async throws {
        var ids: [String] = []
        for _ in 0..<5 { ids.append(try await make().id) }
        _ = try await api.send(.post, "/api/jobs", #"{"name":"other","interval":1000,"labels":{"dialect":"jobs"}}"#)
        #expect(try await api.send(.patch, "/jobs/\(ids[1])/status", #"{"status":"inactive"}"#).status == 200)
        #expect(try await api.send(.put, "/jobs/\(ids[2])", #"{"name":"x y"}"#).status == 200)
        try end(ids[3], .failed, at: 5)
        func listed(_ query: String) async throws -> [String] {
            guard case .array(let jobs)? = try await api.send(.get, "/jobs" + query).body else { return [] }
            return jobs.compactMap { job in
                guard case .object(let members) = job, case .string(let id)? = members["id"] else { return nil }
                return id
            }
        }
        #expect(try await listed("") == ids.reversed())
        #expect(try await listed("?status=active&_=1") == [ids[4], ids[2], ids[0]])
        #expect(try await listed("?status=inactive") == [ids[1]])
        #expect(try await listed("?status=failed") == [ids[3]])
        #expect(try await listed("?name=x+y") == [ids[2]])
        #expect(try await listed("?name=x") == [])
        #expect(try await api.send(.get, "/jobs?status=paused").status == 400)
    }

    @Test func `a job is run and deleted`() async throws {
        let (id, _) = try await make()
        let run = try await api.send(.post, "/jobs/\(id)/run")
        #expect(run.status == 200 && run["message"] == .string("Job triggered successfully"))
        #expect(api.store.state.withLock { $0.runs.count } == 1)
        let deleted = try await api.send(.delete, "/jobs/\(id)")
        #expect(deleted.status == 200 && deleted["id"] == .string(id))
        for (method, path) in [(HTTPRequest.Method.get, ""), (.delete, ""), (.post, "/run")] {
            let answer = try await api.send(method, "/jobs/\(id)\(path)")
            #expect(answer.status == 404 && answer["message"] == .string("Job not found") && answer["error"] != nil)
        }
        #expect(try await api.send(.put, "/jobs/\(id)", "{}").status == 404)
        #expect(try await api.send(.patch, "/jobs/\(id)/status", #"{"status":"active"}"#).status == 404)
    }

    @Test(arguments: ["other", "0", "%00", "..", "123e4567-e89b-12d3-a456-42661417400g"])
    func `what is no id, or no job of the dialect, is not found`(_ id: String) async throws {
        _ = try await api.send(.post, "/api/jobs", #"{"name":"other","interval":1000}"#)
        #expect(try await api.send(.get, "/jobs/\(id)").status == 404)
        #expect(try await api.send(.delete, "/jobs/\(id)").status == 404)
    }

    @Test func `health is for everybody, and nothing is there without the setting`() async throws {
        let answer = try await api.send(.get, "/health", token: "")
        #expect(answer.status == 200 && answer["status"] == .string("ok"))
        let plain = APITester()
        for path in ["/health", "/jobs", "/v2/job?id=1"] { #expect(try await plain.send(.get, path).status == 404) }
        #expect(try await api.send(.get, "/v2/job?id=1").status == 404)
    }
}
