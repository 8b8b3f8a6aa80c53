// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared
import Testing

@testable import CLICommands

@Suite struct ApplyTests {
    private static let now = Timestamp(rfc3339: "2027-01-15T08:00:00Z") ?? Timestamp(millisecondsSinceEpoch: 0)
    private static let planner = JobPlanner(now: now)

    private static func documents(_ text: String) throws -> [JobDocument] {
        var reader = JobDocumentReader()
        reader.read(Array(text.utf8), path: "jobs.yaml")
        try #require(reader.faults == [])
        return reader.documents
    }

    private static func faults(_ text: String) -> [String] {
        var reader = JobDocumentReader()
        reader.read(Array(text.utf8), path: "jobs.yaml")
        return reader.faults
    }

    private static func change(_ file: String, _ current: String?) throws -> JobChange {
        let definition = try current.map { try JobDefinition(json: $0) }
        return planner.change(to: try documents(file)[0], from: definition, tag: "\"t\"")
    }

    @Test func `a file may hold documents, lists and JSON`() throws {
        let yaml = "name: a\ninterval: 5m\n---\n- name: b\n  cron: '0 6 * * *'\n- {name: c, interval: 1000}\n---\n"
        #expect(try Self.documents(yaml).map(\.definition.name.text) == ["a", "b", "c"])
        #expect(try Self.documents(yaml).map(\.place) == ["jobs.yaml:1", "jobs.yaml:4", "jobs.yaml:6"])
        #expect(
            try Self.documents(#" [{"name":"a","interval":"1h"}]"#)[0].definition.fields["interval"] == .int(3_600_000))
    }

    @Test func `each fault is told with its line`() {
        let text =
            "name: a\ninterval: soon\nretryBackoff:\n  max: never\nintervall: 5\nmaxQueueCount: yes\n---\njust text\n"
        #expect(
            Self.faults(text) == [
                "jobs.yaml:2: interval: is not \(SpanText.expected)",
                "jobs.yaml:3: retryBackoff.max: is not \(SpanText.expected)",
                "jobs.yaml:5: intervall: is not a field of a job; did you mean interval?",
                "jobs.yaml:6: maxQueueCount: found a string, expected a whole number from 0 to 1000000000",
                "jobs.yaml:8: a job is expected: name, interval or cron, …",
            ])
    }

    @Test(arguments: [
        ("{\n  \"name\": \"a\",\n  \"interval\" 5\n}", "jobs.json:3:14: no colon after a name"),
        ("[{\"name\": \"ü\",}]", "jobs.json:1:15: no name of a member"),
        ("name: a", "jobs.json:1:1: no value"), ("", "jobs.json:1:1: the text ends too early"),
        ("{\r\n\"name\": \"ä\",,\r\n}", "jobs.json:2:13: no name of a member"),
        ("\u{FEFF}[,]", "jobs.json:1:2: no value"),
        ("{\r\"name\" 5}", "jobs.json:2:8: no colon after a name"),
        ("{}\n{}", "jobs.json:2:1: something follows the value: several jobs are one list, [{…}, {…}]"),
    ])
    func `a fault of JSON is told with its line and column`(text: String, fault: String) {
        var reader = JobDocumentReader()
        reader.read(Array(text.utf8), path: "jobs.json")
        #expect(reader.faults == [fault])
    }

    @Test(arguments: [
        ("timezone: UTC", "timezone: is not a field of a job; did you mean timeZone?"),
        ("time_zone: UTC", "time_zone: is not a field of a job; did you mean timeZone?"),
        ("max-queue-count: 1", "max-queue-count: is not a field of a job; did you mean maxQueueCount?"),
        ("Enabled: true", "Enabled: is not a field of a job; did you mean enabled?"),
        ("frobnicate: 1", "frobnicate: is not a field of a job"),
        ("interval: 5min", "interval: is not \(SpanText.expected); did you mean 5m?"),
        ("every: 1 fortnight", "every: is not \(CalendarStep.expected)"),
        ("interval: -5m", "interval: is negative; expected \(SpanText.expected)"),
        ("interval: -5", "interval: found -5, expected a whole number of milliseconds from 0 to 3153600000000"),
        (
            "maxQueueCount: '5'",
            "maxQueueCount: found a string, expected a whole number from 0 to 1000000000; write it without quotes"
        ),
        ("enabled: 'true'", "enabled: found a string, expected true or false; write it without quotes"),
        ("enabled: yes", "enabled: found a string, expected true or false"),
        (
            "nextRunAt: 2027-01-15T08:00:00",
            "nextRunAt: has no zone: end it with Z for UTC, or with an offset such as +01:00"
        ),
        ("endAt: 2027-01-15", "endAt: is a day without a time: write it as 2027-01-15T08:00:00Z"),
        ("description: 5", "description: found 5, expected a string; in quotes it is one"),
        (
            "labels: {team: 5}",
            "labels.team: is not a text of at most 128 bytes without commas and control characters; in quotes it is one"
        ),
        (
            "misfirePolicy: |\n  once",
            "misfirePolicy: is none of once, skip, all; texts after | and > end with a line end: write it in quotes, on the line of its name"
        ),
        (
            "kind: Job",
            "kind: is of a Kubernetes object, not of a job: a job has name, interval or cron, … at its top level"
        ),
        ("jobs: [{name: b}]", "jobs: is not a field of a job; several jobs are a list of their own: - name: report"),
    ])
    func `a field in another spelling is refused with the right one`(line: String, fault: String) {
        #expect(Self.faults("name: a\n\(line)\n") == ["jobs.yaml:2: \(fault)"])
    }

    @Test(arguments: [("5", "5"), ("true", "true"), ("1.5", "1.5")])
    func `a name that is no text is refused with quotes`(name: String, shown: String) {
        #expect(
            Self.faults("interval: 5m\nname: \(name)\n")
                == ["jobs.yaml:2: name: found \(shown), expected a string; in quotes it is one"])
    }

    @Test(arguments: ["", "\n", "# nothing\n", "---\n---\n", "\u{FEFF}", "\u{FEFF}# nothing\r\n"])
    func `a file without jobs has no faults`(text: String) throws {
        #expect(try Self.documents(text) == [])
    }

    @Test(arguments: ["[{\"name\": \"a\"}]", "{\"name\": \"a\"}", "name: a\r\ninterval: 5m\r\n", "- name: a\n"])
    func `a byte order mark before jobs is skipped`(text: String) throws {
        #expect(try Self.documents("\u{FEFF}" + text).map(\.definition.name.text) == ["a"])
    }

    @Test func `a line without a space after its colon is told as such`() {
        #expect(
            Self.faults("name:a\ninterval:5m\n")
                == [
                    "jobs.yaml:1: a job is expected: name, interval or cron, …; a space belongs after each colon: name: report"
                ])
    }

    @Test func `a job that is there twice is a fault`() {
        #expect(
            Self.faults("name: a\ninterval: 5m\n---\nname: a\ninterval: 6m\n")
                == ["jobs.yaml:4: duplicate job a, also at jobs.yaml:1"])
    }

    @Test(arguments: ["interval: 5m", "name: a/b", "name: 5", "a: [", "- 5", "name: a\nname: b"])
    func `what is no job is a fault`(text: String) {
        #expect(!Self.faults(text).isEmpty)
    }

    @Test func `a job that is not there is made, with the slots it will have`() throws {
        let change = try Self.change("name: a\ncron: '0 9 * * *'", nil)
        #expect(change.action == .create)
        #expect(change.slotsAfter?.map(\.rfc3339).first == "2027-01-15T09:00:00.000Z")
        #expect(change.slotsAfter?.count == 3)
    }

    @Test func `what is not in the file gets its default`() throws {
        let change = try Self.change(
            "name: a\ninterval: 5m",
            #"""
            {"name":"a","enabled":false,"interval":300000,"nextRunAt":"2027-01-15T08:01:00Z","maxQueueCount":3,
             "labels":{"a":"b"},"retryBackoff":{"initial":5,"factor":2,"max":300000},"managerId":"x","heartbeat":"y"}
            """#)
        #expect(
            change.action
                == .update(
                    ["enabled": .bool(true), "maxQueueCount": .int(0), "labels": .null, "retryBackoff": .null],
                    tag: "\"t\""))
        #expect(change.fields.map(\.name) == [.labels, .enabled, .maxQueueCount, .retryBackoff])
    }

    @Test func `an edited schedule shows the slots that the API will give`() throws {
        let change = try Self.change(
            "name: a\ninterval: 10m", #"{"name":"a","interval":300000,"nextRunAt":"2027-01-15T08:01:00Z"}"#)
        #expect(change.slotsBefore?.first?.rfc3339 == "2027-01-15T08:01:00.000Z")
        #expect(change.slotsAfter?.first?.rfc3339 == "2027-01-15T08:06:00.000Z")
    }

    @Test(arguments: [
        // Gone on along the row that the file begins.
        ("interval: 5m\nnextRunAt: 2027-01-01T00:00:00Z", #""interval":300000,"nextRunAt":"2027-01-15T08:05:00Z""#),
        (
            "cron: '0 9 * * *'\nnextRunAt: 2027-01-01T09:00:00Z",
            #""cron":"0 9 * * *","nextRunAt":"2027-01-15T09:00:00Z""#
        ),
        // A one-shot before and after its slot.
        ("nextRunAt: 2027-02-01T00:00:00Z", #""interval":0,"nextRunAt":"2027-02-01T00:00:00Z""#),
        ("nextRunAt: 2027-01-01T00:00:00Z", #""interval":0"#),
        ("{}", #""interval":0"#),
        // Without a slot in the file, the job's is its own.
        ("interval: 5m", #""interval":300000,"nextRunAt":"2027-01-15T08:01:17Z""#),
        ("cron: '0 9 * * *'\ntimeZone: UTC", #""cron":"0 9 * * *","interval":0,"nextRunAt":"2027-01-15T09:00:00Z""#),
        // Counted from where the file begins the row, or from where the API does.
        (
            "every: {months: 1}\nnextRunAt: 2026-08-31T09:00:00Z",
            #""every":{"months":1},"nextRunAt":"2027-01-31T09:00:00Z","anchor":"2026-08-31T09:00:00Z""#
        ),
        (
            "every: {months: 1}\nanchor: 2026-08-31T09:00:00Z",
            #""every":{"months":1},"nextRunAt":"2027-02-28T09:00:00Z","anchor":"2026-08-31T09:00:00Z""#
        ),
        (
            "every: 1 month\nnextRunAt: 2026-08-31T09:00:00Z",
            #""every":{"months":1},"nextRunAt":"2027-01-31T09:00:00Z","anchor":"2026-08-31T09:00:00Z""#
        ),
        ("every: {days: 2}", #""every":{"days":2},"nextRunAt":"2027-01-16T09:00:00Z","anchor":"2026-08-31T09:00:00Z""#),
    ])
    func `a job that does what the file says is unchanged`(file: String, current: String) throws {
        let text = file == "{}" ? "name: a" : "name: a\n\(file)"
        #expect(try Self.change(text, "{\"name\":\"a\",\"enabled\":true,\(current)}").action == .keep)
    }

    @Test(arguments: [
        (
            "interval: 5m\nnextRunAt: 2027-01-01T00:00:30Z", #""interval":300000,"nextRunAt":"2027-01-15T08:05:00Z""#,
            "2027-01-15T08:00:30.000Z"
        ),
        (
            "interval: 5m\nnextRunAt: 2027-03-01T00:00:00Z", #""interval":300000,"nextRunAt":"2027-01-15T08:05:00Z""#,
            "2027-03-01T00:00:00.000Z"
        ),
        ("nextRunAt: 2027-02-01T00:00:00Z", #""interval":0"#, "2027-02-01T00:00:00.000Z"),
    ])
    func `a job on another row of slots is put on that of the file`(file: String, current: String, slot: String) throws
    {
        let change = try Self.change("name: a\n\(file)", "{\"name\":\"a\",\(current)}")
        #expect(change.action == .update(["nextRunAt": .string(slot)], tag: "\"t\""))
        #expect(change.slotsAfter?.first?.rfc3339 == slot)
    }

    @Test func `a job on another row of the calendar is put on that of the file`() throws {
        let current =
            #"{"name":"a","every":{"months":1},"nextRunAt":"2027-01-31T09:00:00Z","anchor":"2026-08-31T09:00:00Z"}"#
        let moved = try Self.change("name: a\nevery: {months: 1}\nnextRunAt: 2026-10-30T09:00:00Z", current)
        #expect(
            moved.action
                == .update(
                    [
                        "nextRunAt": .string("2027-01-30T09:00:00.000Z"), "anchor": .string("2026-10-30T09:00:00.000Z"),
                    ], tag: "\"t\""))
        // On both rows; what comes after it differs.
        let same = try Self.change("name: a\nevery: {months: 1}\nnextRunAt: 2026-12-31T09:00:00Z", current)
        #expect(same.fields.map(\.name) == [.anchor])
        // The step alone: from the same anchor.
        let stepped = try Self.change("name: a\nevery: {months: 6}", current)
        #expect(stepped.action == .update(["every": .object(["months": .int(6)])], tag: "\"t\""))
        #expect(
            stepped.slotsAfter?.map(\.rfc3339).prefix(2) == ["2027-02-28T09:00:00.000Z", "2027-08-31T09:00:00.000Z"])
        let ended = try Self.change("name: a\ninterval: 1h", current)
        #expect(ended.action == .update(["every": .null, "interval": .int(3_600_000)], tag: "\"t\""))
    }

    @Test(arguments: [OutputFormat.yaml, .json, .table]) func `what is exported is unchanged when applied`(
        format: OutputFormat
    ) throws {
        let jobs = [
            #"{"name":"plain","enabled":true,"interval":300000,"nextRunAt":"2027-01-15T08:05:00.000Z"}"#,
            #"{"name":"done","enabled":true,"interval":0}"#,
            #"{"name":"once","enabled":true,"interval":0,"nextRunAt":"2027-02-15T08:05:00.123Z"}"#,
            #"{"name":"cron","enabled":false,"interval":0,"cron":"*/5 9-17 * * MON-FRI","timeZone":"Europe/Berlin","nextRunAt":"2027-01-15T08:05:00.000Z"}"#,
            #"{"name":"hand","enabled":true,"interval":0,"cron":"0 9 * * *","nextRunAt":"2027-01-15T08:30:00.000Z"}"#,
            #"{"name":"month","enabled":true,"interval":0,"every":{"months":1},"timeZone":"Europe/Berlin","nextRunAt":"2027-02-28T08:00:00.000Z","anchor":"2026-08-31T07:00:00.000Z"}"#,
            #"{"name":"new","enabled":true,"interval":0,"every":{"weeks":2},"nextRunAt":"2027-02-28T08:00:00.000Z","anchor":"2027-02-28T08:00:00.000Z"}"#,
            #"{"name":"put","enabled":true,"interval":0,"every":{"days":1},"nextRunAt":"2027-02-28T08:30:00.000Z","anchor":"2026-08-31T08:00:00.000Z"}"#,
            #"""
            {"name":"all","enabled":true,"interval":90061001,"nextRunAt":"2027-01-15T08:05:00.000Z","runExecutionTimeout":1,
             "runStartTimeout":60000,"maxQueueCount":7,"allowConcurrentRuns":true,"heartbeatTimeout":1500,
             "misfirePolicy":"all","maxCatchUp":5,"maxAttempts":3,"retryBackoff":{"initial":0,"factor":1.5,"max":60000},
             "payload":{"a":[1,2.5,null,"x\ny: *z",{"b":true}],"5m":"5m"},"startAt":"2027-01-01T00:00:00.000Z",
             "endAt":"2028-01-01T00:00:00.000Z","jitter":500,"description":"Ümläut\n# no comment 😀 ",
             "labels":{"team":"ops","tier":"","n":"5","b":"true"},"retention":2592000000,
             "delivery":{"http":{"url":"http://h/a?b=c","headers":{"X":"1"},"timeout":5000}}}
            """#,
        ]
        let definitions = try jobs.map { try JobDefinition(json: $0) }
        let text = JobExport.lines(definitions, format).joined(separator: "\n")
        let read = try Self.documents(text)
        #expect(read.count == jobs.count)
        for (document, definition) in zip(read, definitions) {
            #expect(Self.planner.change(to: document, from: definition, tag: nil).action == .keep, "\(definition.name)")
        }
    }

    @Test func `a plan says what it is going to do`() throws {
        let current = #"{"name":"a","interval":300000,"nextRunAt":"2027-01-15T08:01:00Z"}"#
        let plan = [
            try Self.change("name: b\ninterval: 1h", nil), try Self.change("name: a\ninterval: 10m", current),
            Self.planner.deletion(of: try JobDefinition(json: #"{"name":"c","nextRunAt":"2027-01-16T00:00:00Z"}"#)),
            try Self.change("name: a\ninterval: 5m", current),
        ]
        let lines = PlanText(screen: Screen(now: Self.now)).lines(plan)
        #expect(
            lines == [
                "+ b",
                "    next after:  2027-01-15T08:00:00.000Z, 2027-01-15T09:00:00.000Z, 2027-01-15T10:00:00.000Z",
                "~ a",
                "    interval: 5m → 10m",
                "    next before: 2027-01-15T08:01:00.000Z, 2027-01-15T08:06:00.000Z, 2027-01-15T08:11:00.000Z",
                "    next after:  2027-01-15T08:06:00.000Z, 2027-01-15T08:16:00.000Z, 2027-01-15T08:26:00.000Z",
                "- c",
                "    next before: 2027-01-16T00:00:00.000Z",
                "1 to create, 1 to update, 1 to delete, 1 unchanged",
            ])
    }

    @Test func `slots of one day that is far away are told apart`() throws {
        let plan = [try Self.change("name: b\ninterval: 1h\nnextRunAt: 2030-01-01T00:00:00Z", nil)]
        let lines = PlanText(screen: Screen(isTerminal: true, width: 200, now: Self.now)).lines(plan)
        #expect(
            lines[1] == "    next after:  2030-01-01T00:00:00.000Z, 2030-01-01T01:00:00.000Z, 2030-01-01T02:00:00.000Z")
    }

    @Test func `an update is for the edition that was planned, and a failure does not stop the others`() async throws {
        let api = ScriptedAPI { request, _ throws(CLIFailure) in
            switch (request.method, request.path) {
            case (.get, ["jobs", "a"]), (.get, ["jobs", "b"]):
                .json(#"{"name":"\#(request.path[1])","interval":1000}"#, 200, ["etag": "\"1\""])
            case (.get, _): .problem(404, "there is no job of this name")
            case (.patch, ["jobs", "a"]): .problem(412, "changed")
            case (.patch, _): .json("", 204)
            default: .json("{}", 201)
            }
        }
        let documents = try Self.documents(
            "- {name: a, interval: 5s}\n- {name: b, interval: 5s}\n- {name: c, interval: 5s}\n")
        let applier = JobApplier(api: api.client, now: Self.now)
        let plan = try await applier.plan(documents, prune: false, labels: [])
        #expect(plan.map(\.name) == ["a", "b", "c"])
        var done: [String] = []
        var failed: [String] = []
        let count = try await applier.apply(plan, report: { done.append($0) }, complain: { failed.append($0.message) })
        #expect(count == 1)
        #expect(done == ["job b updated", "job c created"])
        #expect(failed == ["job a: somebody else has changed it since the plan was made"])
        let writes = api.requests.filter { $0.method != .get }
        #expect(writes.filter { $0.method == .patch }.map { $0.headers["If-Match"] } == ["\"1\"", "\"1\""])
        let creation = try #require(writes.first { $0.method == .post })
        #expect(creation.headers["If-Match"] == nil)
        #expect(creation.body == .object(["name": .string("c"), "interval": .int(5_000)]))
    }

    @Test func `some jobs are changed at a time, and told in the order of the files`() async throws {
        let api = ScriptedAPI { request, _ throws(CLIFailure) in
            request.method == .get ? .problem(404, "none") : .json("{}", 201)
        }
        let names = (0..<50).map { "job-\($0)" }
        let applier = JobApplier(api: api.client, now: Self.now)
        let text = names.map { "- {name: \($0), interval: 5s}\n" }.joined()
        let plan = try await applier.plan(try Self.documents(text), prune: false, labels: [])
        var done: [String] = []
        _ = try await applier.apply(plan, report: { done.append($0) }, complain: { _ in })
        #expect(done == names.map { "job \($0) created" })
    }

    @Test func `a refusal for all ends it, and what was done is told`() async throws {
        let api = ScriptedAPI { request, _ throws(CLIFailure) in
            switch request.body {
            case .object(let fields)? where fields["name"] == .string("job-20"):
                throw CLIFailure(.unreachable, "gone")
            case nil: .problem(404, "none")
            default: .json("{}", 201)
            }
        }
        let applier = JobApplier(api: api.client, now: Self.now)
        let text = (0..<100).map { "- {name: job-\($0), interval: 5s}\n" }.joined()
        let plan = try await applier.plan(try Self.documents(text), prune: false, labels: [])
        var done: [String] = []
        let failure = await #expect(throws: CLIFailure.self) {
            try await applier.apply(plan, report: { done.append($0) }, complain: { _ in })
        }
        #expect(failure?.message == "gone")
        let created = api.requests.filter { $0.method == .post }.count - 1
        #expect(done.count == created && (20..<100).contains(created))
        #expect(Array(done.prefix(20)) == (0..<20).map { "job job-\($0) created" })
    }

    @Test func `only what the label selects is pruned`() async throws {
        let api = ScriptedAPI { request, _ throws(CLIFailure) in
            request.path.count == 2
                ? .problem(404, "none") : .json(#"[{"name":"a","interval":1},{"name":"old","interval":1}]"#)
        }
        let labels = [try LabelArgument(text: "team=ops")]
        let plan = try await JobApplier(api: api.client, now: Self.now)
            .plan(try Self.documents("name: a\ninterval: 1s"), prune: true, labels: labels)
        #expect(plan.map(\.name) == ["a", "old"])
        #expect(plan.map(\.action).last == .delete)
        #expect(api.requests.last?.target == "/jobs?labels=team%3Dops&limit=1000")
    }

    @Test func `a new job that would never run is refused before anything is done`() async throws {
        let api = ScriptedAPI(.problem(404, "none"))
        let documents = try Self.documents("name: a")
        let failure = await #expect(throws: CLIFailure.self) {
            try await JobApplier(api: api.client, now: Self.now).plan(documents, prune: false, labels: [])
        }
        #expect(failure?.message.hasPrefix("jobs.yaml:1: nextRunAt: is missing") == true)
    }

    @Test func `the examples are jobs`() throws {
        let folder = #filePath.split(separator: "/").dropLast(3).map { "/" + $0 }.joined() + "/examples/jobs"
        #expect(try JobDocumentReader.documents(at: [folder]).count >= 4)
    }
}
