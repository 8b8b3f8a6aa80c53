// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import REST
import Shared
import Synchronization
import TestSupport
import Testing

struct JobsTests {
    private let api = APITester()

    @Test func `a new job is armed, shown and tagged`() async throws {
        let made = try await api.send(.post, "/api/jobs", #"{"name":"a","interval":60000,"labels":{"team":"x"}}"#)
        #expect(made.status == 201)
        #expect(made.headers[.location] == "/api/jobs/a")
        let shown = try await api.send(.get, "/api/jobs/a")
        #expect(shown.status == 200)
        #expect(shown["nextRunAt"] == .string(APITester.now.rfc3339))
        #expect(shown["enabled"] == .bool(true))
        #expect(shown.headers[.eTag] == made.headers[.eTag])
        #expect(shown.headers[.eTag] != nil)
    }

    @Test func `a name is taken once`() async throws {
        _ = try await api.send(.post, "/api/jobs", #"{"name":"a","interval":1}"#)
        #expect(try await api.send(.post, "/api/jobs", #"{"name":"a","interval":1}"#).status == 409)
    }

    @Test func `each faulty field is named once`() async throws {
        let answer = try await api.send(
            .post, "/api/jobs", #"{"name":"a b","interval":-1,"enabled":"yes","owner":{"$ne":null},"cron":7}"#)
        #expect(answer.status == 422)
        #expect(answer.faultyFields.sorted() == ["cron", "enabled", "interval", "name", "owner"])
        #expect(answer["detail"] == answer["error"])
    }

    @Test func `what the old command line sends along is ignored`() async throws {
        let answer = try await api.send(
            .post, "/api/jobs",
            #"{"name":"a","interval":1,"managerId":"000000000000000000000000","heartbeat":"0001-01-01T00:00:00Z"}"#)
        #expect(answer.status == 201)
    }

    @Test func `a one-shot needs its time`() async throws {
        let answer = try await api.send(.post, "/api/jobs", #"{"name":"a"}"#)
        #expect(answer.status == 422)
        #expect(answer.faultyFields == ["nextRunAt"])
    }

    @Test(arguments: ["", "nonsense", "[]", "{\"a\":1,\"a\":2}", "{\"name\":\"\\ud800\"}", "{\"name\":\"a\"} x"])
    func `what is not usable JSON is malformed`(_ body: String) async throws {
        #expect(try await api.send(.post, "/api/jobs", body).status == 400)
    }

    @Test func `a byte order mark before the body is skipped, and other encodings are told as such`() async throws {
        let body = #"{"name":"marked","interval":1000}"#
        #expect(try await api.send(.post, "/api/jobs", "\u{FEFF}" + body).status == 201)
        #expect(try await api.send(.post, "/api/jobs", "\u{FEFF}\u{FEFF}" + body).status == 400)
        let answer = try await api.send(.post, "/api/jobs", body.map { "\($0)\0" }.joined())
        #expect(answer.status == 400)
        #expect(answer["detail"] == .string("the body is not usable JSON: is UTF-16LE, not UTF-8 (at byte 0)"))
    }

    @Test(arguments: [("timezone", "timeZone"), ("time_zone", "timeZone"), ("max-queue-count", "maxQueueCount")])
    func `an unknown field is told with the one that was meant`(name: String, meant: String) async throws {
        let answer = try await api.send(.post, "/api/jobs", #"{"name":"a","interval":1000,"\#(name)":1}"#)
        #expect(answer.status == 422)
        #expect(answer["detail"] == .string("\(name): is not a field of a job; did you mean \(meant)?"))
    }

    @Test func `nesting is limited`() async throws {
        let deep = String(repeating: "[", count: 33) + String(repeating: "]", count: 33)
        #expect(try await api.send(.post, "/api/jobs", #"{"name":"a","payload":\#(deep)}"#).status == 400)
        let fine = String(repeating: "[", count: 31) + String(repeating: "]", count: 31)
        let body = #"{"name":"a","interval":1,"payload":\#(fine)}"#
        #expect(try await api.send(.post, "/api/jobs", body).status == 201)
    }

    @Test func `too large is too large, and another type another type`() async throws {
        let large = String(repeating: " ", count: (1 << 20) + 1)
        #expect(try await api.send(.post, "/api/jobs", large).status == 413)
        let answer = try await api.send(.post, "/api/jobs", "{}", headers: [.contentType: "text/plain"])
        #expect(answer.status == 415)
    }

    @Test func `an edit changes what it names, and null is the default`() async throws {
        _ = try await api.send(.post, "/api/jobs", #"{"name":"a","interval":1000,"description":"old","maxAttempts":3}"#)
        let edit = try await api.send(.patch, "/api/jobs/a", #"{"description":null,"maxQueueCount":5}"#)
        #expect(edit.status == 204)
        let shown = try await api.send(.get, "/api/jobs/a")
        #expect(shown["description"] == nil)
        #expect(shown["maxQueueCount"] == .int(5))
        #expect(shown["maxAttempts"] == .int(3))
        #expect(shown.headers[.eTag] == edit.headers[.eTag])
    }

    @Test func `null clears whatever need not be given`() async throws {
        let body = #"{"name":"a","interval":1000,"runStartTimeout":5,"maxQueueCount":5,"allowConcurrentRuns":true}"#
        _ = try await api.send(.post, "/api/jobs", body)
        let fields = ["interval", "runStartTimeout", "maxQueueCount", "allowConcurrentRuns"]
        let patch = #"{"cron":"@daily",\#(fields.map { "\"\($0)\":null" }.joined(separator: ","))}"#
        #expect(try await api.send(.patch, "/api/jobs/a", patch).status == 204)
        let shown = try await api.send(.get, "/api/jobs/a")
        #expect(shown["cron"] == .string("@daily"))
        #expect(fields.map { shown[$0] } == [.int(0), .int(0), .int(0), .bool(false)])
        let refused = try await api.send(.patch, "/api/jobs/a", #"{"enabled":null,"name":null}"#)
        #expect(refused.status == 422)
        #expect(refused.faultyFields.sorted() == ["enabled", "name"])
    }

    @Test func `what was given is shown, also where it is the default`() async throws {
        let given: [(field: String, json: String)] = [
            ("timeZone", #""UTC""#), ("misfirePolicy", #""once""#), ("maxCatchUp", "100"), ("maxAttempts", "1"),
            ("retryBackoff", "{}"), ("delivery", #"{"worker":{}}"#), ("jitter", "0"), ("labels", "{}"),
            ("retention", "0"),
        ]
        #expect(given.map(\.field) == JobField.allCases.filter(\.row.hasHiddenDefault).map(\.rawValue))
        let members = given.map { "\"\($0.field)\":\($0.json)" }.joined(separator: ",")
        _ = try await api.send(.post, "/api/jobs", #"{"name":"a","cron":"@daily",\#(members)}"#)
        _ = try await api.send(.post, "/api/jobs", #"{"name":"b","cron":"@daily"}"#)
        let full = try await api.send(.get, "/api/jobs/a")
        #expect(given.filter { full[$0.field] == nil }.isEmpty)
        let bare = try await api.send(.get, "/api/jobs/b")
        #expect(given.filter { bare[$0.field] != nil }.isEmpty)
        for (field, _) in given where field != "maxAttempts" {
            #expect(try await api.send(.patch, "/api/jobs/a", "{\"\(field)\":null}").status == 204)
        }
        let left = try await api.send(.get, "/api/jobs/a")
        #expect(given.filter { left[$0.field] != nil }.map(\.field) == ["maxAttempts"])
    }

    @Test(arguments: [
        (#""name":"a\u0000b","interval":1"#, "name"),
        (#""name":"a","interval":1,"description":"\u0000""#, "description"),
        (#""name":"a","interval":1,"payload":{"k\u0000":1}"#, "payload"),
        (#""name":"a","interval":1,"payload":["\u0000"]"#, "payload"),
    ])
    func `a NUL character is the fault of its field`(_ members: String, _ field: String) async throws {
        let answer = try await api.send(.post, "/api/jobs", "{\(members)}")
        #expect(answer.status == 422)
        #expect(answer.faultyFields == [field])
    }

    @Test func `a new interval goes on from the last slot`() async throws {
        let next = (APITester.now + .seconds(30)).rfc3339
        _ = try await api.send(.post, "/api/jobs", #"{"name":"a","interval":60000,"nextRunAt":"\#(next)"}"#)
        _ = try await api.send(.patch, "/api/jobs/a", #"{"interval":40000}"#)
        let shown = try await api.send(.get, "/api/jobs/a")
        #expect(shown["nextRunAt"] == .string((APITester.now + .seconds(10)).rfc3339))
    }

    @Test func `a row that has not begun stays where it was put`() async throws {
        let far = #""nextRunAt":"2091-01-01T00:00:00.000Z""#
        for (job, patch) in [
            (#""interval":60000"#, #"{"interval":5000}"#),
            (#""interval":60000"#, #"{"interval":null,"cron":"@hourly"}"#),
            (#""cron":"@hourly""#, #"{"cron":"*/5 * * * *"}"#),
            (#""cron":"@hourly""#, #"{"timeZone":"Europe/Berlin"}"#),
            (#""cron":"@hourly""#, #"{"cron":null,"interval":5000}"#), (#""interval":0"#, #"{"interval":5000}"#),
        ] {
            let api = APITester()
            #expect(try await api.send(.post, "/api/jobs", "{\"name\":\"a\",\(job),\(far)}").status == 201)
            #expect(try await api.send(.patch, "/api/jobs/a", patch).status == 204)
            #expect(
                try await api.send(.get, "/api/jobs/a")["nextRunAt"] == .string("2091-01-01T00:00:00.000Z"), "\(patch)")
            #expect(try await api.send(.patch, "/api/jobs/a", #"{"nextRunAt":null}"#).status == 204)
            let armed = try await api.send(.get, "/api/jobs/a")["nextRunAt"]
            #expect(armed != .string("2091-01-01T00:00:00.000Z") && armed != nil, "\(patch)")
        }
    }

    @Test(arguments: [
        #"{"timeZone":"Asia/Kolkata"}"#, #"{"cron":"*/7 * * * * *"}"#, #"{"cron":null,"interval":3000}"#,
        #"{"cron":null,"interval":0,"nextRunAt":"2030-01-01T00:00:00Z"}"#, #"{"nextRunAt":"2030-01-01T00:00:00Z"}"#,
        #"{"startAt":"2027-01-15T08:00:00.500Z"}"#, #"{"endAt":"2027-01-15T07:59:00Z"}"#, #"{"nextRunAt":null}"#,
    ])
    func `an edit between a slot and its firing records the slot`(_ patch: String) async throws {
        let slot = APITester.now - .seconds(1)
        let body = #"{"name":"a","cron":"*/30 * * * * *","jitter":28000,"nextRunAt":"\#(slot.rfc3339)"}"#
        #expect(try await api.send(.post, "/api/jobs", body).status == 201)
        #expect(try await api.send(.patch, "/api/jobs/a", patch).status == 204)
        let name = try JobName("a")
        let (skips, next) = api.store.state.withLock { ($0.skips[name] ?? [], $0.jobs[name]?.job?.nextRunAt) }
        #expect(skips.map(\.firstSlot).first == slot)
        #expect(skips.allSatisfy { $0.reason == .edited })
        #expect(next.map { $0 > slot } ?? true)
    }

    @Test(arguments: [
        #"{"jitter":0}"#, #"{"jitter":1000}"#, #"{"enabled":false}"#, #"{"payload":1}"#,
        #"{"timeZone":"Asia/Kolkata","nextRunAt":"SLOT"}"#, #"{"startAt":"2027-01-15T07:00:00Z"}"#,
    ])
    func `an edit that leaves a reached slot to be fired records nothing`(_ patch: String) async throws {
        let slot = APITester.now - .seconds(1)
        let body = #"{"name":"a","cron":"*/30 * * * * *","jitter":28000,"nextRunAt":"\#(slot.rfc3339)"}"#
        #expect(try await api.send(.post, "/api/jobs", body).status == 201)
        let edit = patch.replacing("SLOT", with: slot.rfc3339)
        #expect(try await api.send(.patch, "/api/jobs/a", edit).status == 204)
        let name = try JobName("a")
        let (skips, next) = api.store.state.withLock { ($0.skips[name] ?? [], $0.jobs[name]?.job?.nextRunAt) }
        #expect(skips.isEmpty && next == slot)
    }

    @Test func `a firing that comes in between does not refuse an edit with a tag`() async throws {
        _ = try await api.send(
            .post, "/api/jobs", #"{"name":"a","interval":1000,"nextRunAt":"2027-01-15T07:59:59.500Z"}"#)
        let name = try JobName("a")
        let tag = try #require(try await api.send(.get, "/api/jobs/a").headers[.eTag])
        api.store.state.withLock { state in
            state.intrusion = { state in
                guard var job = state.jobs[name]?.job else { return }
                job.nextRunAt = APITester.now + .milliseconds(500)
                state.jobs[name] = MemoryAdminStore.record(job, edition: 0)
            }
        }
        let edit = try await api.send(.patch, "/api/jobs/a", #"{"interval":4000}"#, headers: [.ifMatch: tag])
        #expect(edit.status == 204)
        #expect(
            try await api.send(.get, "/api/jobs/a")["nextRunAt"]
                == .string((APITester.now + .milliseconds(3_500)).rfc3339))
        #expect(api.store.state.withLock { $0.skips[name] ?? [] }.isEmpty)
    }

    @Test func `a zone goes with its cron`() async throws {
        let body = #"{"name":"a","cron":"0 3 * * *","timeZone":"Europe/Berlin"}"#
        #expect(try await api.send(.post, "/api/jobs", body).status == 201)
        #expect(try await api.send(.patch, "/api/jobs/a", #"{"cron":null,"interval":1000}"#).status == 204)
        let shown = try await api.send(.get, "/api/jobs/a")
        #expect(shown["timeZone"] == nil)
        #expect(shown["nextRunAt"] == .string(APITester.now.rfc3339))
    }

    @Test func `an edit mends what a stored job lacks`() async throws {
        let name = try JobName("a")
        let fields: [String: FieldValue] = ["interval": .json(.null), "maxQueueCount": .json(.null)]
        api.store.state.withLock { $0.jobs[name] = JobRecord(name: name, job: nil, fields: fields) }
        #expect(try await api.send(.get, "/api/jobs/a").status == 409)
        // Nothing is enabled unasked.
        #expect(try await api.send(.patch, "/api/jobs/a", #"{"cron":"@daily"}"#).status == 204)
        let shown = try await api.send(.get, "/api/jobs/a")
        #expect(shown.status == 200)
        #expect(shown["interval"] == .int(0) && shown["maxQueueCount"] == .int(0) && shown["enabled"] == .bool(false))
    }

    @Test func `an edit gives a slot to a stored job that lacks one`() async throws {
        try api.put("a", ["enabled": .json(.bool(true)), "interval": .json(.int(1000))])
        #expect(try await api.send(.get, "/api/jobs/a").faultyFields == ["nextRunAt"])
        #expect(try await api.send(.patch, "/api/jobs/a", "{}").status == 204)
        #expect(try await api.send(.get, "/api/jobs/a")["nextRunAt"] == .string(APITester.now.rfc3339))
    }

    @Test func `a stored job of which little is said is edited as it is read`() async throws {
        let start = APITester.now + .seconds(60)
        try api.put(
            "a",
            [
                "nextRunAt": .date(start), "cron": .json(.null),
                "retryBackoff": .json(.object(["factor": .null])), "labels": .json(.object(["team": .null])),
            ])
        let tag = try #require(try await api.send(.get, "/api/jobs/a").headers[.eTag])
        let edit = try await api.send(.patch, "/api/jobs/a", #"{"description":"x"}"#, headers: [.ifMatch: tag])
        #expect(edit.status == 204)
        let shown = try await api.send(.get, "/api/jobs/a")
        #expect(
            shown["enabled"] == .bool(false) && shown["interval"] == .int(0) && shown["description"] == .string("x"))
        #expect(shown["nextRunAt"] == .string(start.rfc3339) && shown.headers[.eTag] == edit.headers[.eTag])
    }

    @Test(arguments: ["managerId", "lockEpoch", "creation"])
    func `what is ours and broken is a fault, and any edit mends it`(field: String) async throws {
        try api.put(
            "a", ["enabled": .json(.bool(true)), "nextRunAt": .date(APITester.now)], broken: FieldFault(field, "broken")
        )
        let shown = try await api.send(.get, "/api/jobs/a")
        #expect(shown.status == 409 && shown.faultyFields == [field])
        #expect(try await api.send(.patch, "/api/jobs/a", "{}").status == 204)
        #expect(try await api.send(.get, "/api/jobs/a")["nextRunAt"] == .string(APITester.now.rfc3339))
    }

    @Test func `to say the zone that a job has anyway arms nothing anew`() async throws {
        let next = (APITester.now + .seconds(7)).rfc3339
        let body = #"{"name":"a","cron":"0 3 * * *","nextRunAt":"\#(next)"}"#
        #expect(try await api.send(.post, "/api/jobs", body).status == 201)
        for zone in [#""UTC""#, "null"] {
            #expect(try await api.send(.patch, "/api/jobs/a", #"{"timeZone":\#(zone)}"#).status == 204)
            #expect(try await api.send(.get, "/api/jobs/a")["nextRunAt"] == .string(next))
        }
        #expect(try await api.send(.patch, "/api/jobs/a", #"{"timeZone":"Europe/Berlin"}"#).status == 204)
        #expect(try await api.send(.get, "/api/jobs/a")["nextRunAt"] != .string(next))
    }

    @Test func `a lost update is refused with If-Match and repeated without`() async throws {
        _ = try await api.send(.post, "/api/jobs", #"{"name":"a","interval":1000}"#)
        let name = try JobName("a")
        let tag = try #require(try await api.send(.get, "/api/jobs/a").headers[.eTag])
        let intrude: @Sendable (inout MemoryAdminStore.State) -> Void = { $0.jobs[name]?.edition += 1 }
        api.store.state.withLock { $0.intrusion = intrude }
        let lost = try await api.send(.patch, "/api/jobs/a", #"{"maxQueueCount":1}"#, headers: [.ifMatch: tag])
        #expect(lost.status == 412)
        api.store.state.withLock { $0.intrusion = intrude }
        #expect(try await api.send(.patch, "/api/jobs/a", #"{"maxQueueCount":1}"#).status == 204)
        #expect(try await api.send(.delete, "/api/jobs/a", headers: [.ifMatch: tag]).status == 412)
        #expect(try await api.send(.delete, "/api/jobs/a").status == 204)
        #expect(try await api.send(.delete, "/api/jobs/a").status == 404)
    }

    @Test func `lists are cut into pages that links lead through`() async throws {
        for index in 0..<5 { _ = try await api.send(.post, "/api/jobs", #"{"name":"j\#(index)","interval":1}"#) }
        let link = try #require(HTTPField.Name("Link"))
        var path = "/api/jobs?limit=2"
        var names: [JSONValue] = []
        for _ in 0..<9 {
            let page = try await api.send(.get, path)
            guard case .array(let jobs)? = page.body else { break }
            for case .object(let job) in jobs { names.append(job["name"] ?? .null) }
            guard let next = page.headers[link] else { break }
            #expect(next.hasSuffix(#">; rel="next""#))
            path = String(next.dropFirst().prefix { $0 != ">" })
        }
        #expect(names == (0..<5).map { .string("j\($0)") })
    }

    @Test func `managers come in pages, too`() async throws {
        let ids = (0..<5).map { ManagerID(Identifier(high: 1, low: $0)) }
        api.store.state.withLock { state in
            for id in ids {
                state.managers[id] = KeptLease(id: id, hostname: "h", heartbeat: APITester.now)
            }
        }
        let link = try #require(HTTPField.Name("Link"))
        var path: String? = "/api/managers?limit=2"
        var (sizes, seen): ([Int], [JSONValue]) = ([], [])
        while let next = path, sizes.count < 9 {
            let page = try await api.send(.get, next)
            guard case .array(let managers)? = page.body else { break }
            sizes.append(managers.count)
            for case .object(let manager) in managers { seen.append(manager["id"] ?? .null) }
            path = page.headers[link].map { String($0.dropFirst().prefix { $0 != ">" }) }
        }
        #expect(sizes == [2, 2, 1])
        #expect(seen == ids.map { .string($0.value.hex) })
        #expect(try await api.send(.get, "/api/managers?limit=0").status == 400)
        #expect(try await api.send(.get, "/api/managers?after=x").faultyFields == ["after"])
    }

    @Test(arguments: [
        "limit=0", "limit=1001", "limit=-1", "limit=1&limit=2", "after=%00", "after=a%20b", "labels=x",
        "labels=a..b%2Fc=d",
        "labels=a.b%2F=c",
        "labels=$where=1", "sort=name", "limit=%zz",
    ])
    func `bad parameters are told`(_ query: String) async throws {
        let answer = try await api.send(.get, "/api/jobs?\(query)")
        #expect(answer.status == 400)
        #expect(!answer.faultyFields.isEmpty)
    }

    @Test func `the preview shows slots in the zone and where its clock is put`() async throws {
        let body = #"{"name":"a","cron":"30 12 * * *","timeZone":"Europe/Berlin","nextRunAt":"2027-03-27T11:30:00Z"}"#
        _ = try await api.send(.post, "/api/jobs", body)
        let answer = try await api.send(.get, "/api/jobs/a/preview?count=2")
        guard case .array(let slots)? = answer.body, case .object(let second)? = slots.last else {
            Issue.record("no slots: \(answer)")
            return
        }
        #expect(slots.count == 2)
        #expect(second["scheduledTime"] == .string("2027-03-28T10:30:00.000Z"))
        #expect(second["dstTransition"] == .string("forward"))
    }
}
