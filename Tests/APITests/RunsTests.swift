// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import REST
import Shared
import Synchronization
import TestSupport
import Testing

struct RunsTests {
    private let api = APITester()

    private func job(_ more: String = "") async throws {
        #expect(try await api.send(.post, "/api/jobs", #"{"name":"a","interval":1000\#(more)}"#).status == 201)
    }

    private func id(_ answer: APITester.Answer) throws -> String {
        guard case .string(let id)? = answer["id"] else { throw CancellationError() }
        return id
    }

    @Test func `a run is made and shown`() async throws {
        try await job()
        let made = try await api.send(.post, "/api/jobs/a/run", #"{"payload":{"x":1}}"#)
        #expect(made.status == 201)
        #expect(made["trigger"] == .string("manual"))
        #expect(try await api.send(.get, "/api/runs/\(try id(made))")["payload"] == .object(["x": .int(1)]))
        #expect(try await api.send(.post, "/api/jobs/none/run").status == 404)
    }

    @Test func `a key makes one run, and belongs to one body`() async throws {
        try await job()
        let name = try #require(HTTPField.Name("Idempotency-Key"))
        let first = try await api.send(.post, "/api/jobs/a/run", #"{"payload":1}"#, headers: [name: "k"])
        let again = try await api.send(.post, "/api/jobs/a/run", #"{ "payload" : 1 }"#, headers: [name: "k"])
        #expect(first.status == 201 && again.status == 201)
        #expect(try id(first) == id(again))
        #expect(try await api.send(.post, "/api/jobs/a/run", "{}", headers: [name: "k"]).status == 422)
        #expect(try await api.send(.post, "/api/jobs/a/run", "{}", headers: [name: "a b"]).status == 400)
    }

    @Test func `who comes second under a key answers with the run as it was made`() async throws {
        try await job()
        let name = try #require(HTTPField.Name("Idempotency-Key"))
        let (job, other) = (try JobName("a"), APITester.now - .milliseconds(7))
        // Between the look whether the run is there and the insert, another request makes it.
        api.store.state.withLock {
            $0.intrusion = { state in
                for claim in state.claims.values {
                    state.runs[claim.runID] = RunRecord(
                        id: claim.runID, jobName: job, status: .running, createdTime: other)
                }
            }
        }
        let made = try await api.send(.post, "/api/jobs/a/run", headers: [name: "k"])
        #expect(made.status == 201)
        #expect(made["createdTime"] == .string(other.rfc3339))
        #expect(made["status"] == .string("running"))
    }

    @Test func `the queue has an end`() async throws {
        try await job(#","maxQueueCount":1"#)
        #expect(try await api.send(.post, "/api/jobs/a/run").status == 201)
        #expect(try await api.send(.post, "/api/jobs/a/run").status == 409)
    }

    @Test func `an untouched run ends at once and cannot be stopped twice`() async throws {
        try await job()
        let run = try id(try await api.send(.post, "/api/jobs/a/run"))
        #expect(try await api.send(.post, "/api/runs/\(run)/cancel").status == 202)
        let late = try await api.send(.post, "/api/runs/\(run)/cancel")
        #expect(late.status == 409)
        #expect(late["runStatus"] == .string("cancelled"))
    }

    @Test func `a run that starts meanwhile is told to stop`() async throws {
        try await job()
        let text = try id(try await api.send(.post, "/api/jobs/a/run"))
        let run = RunID(try #require(Identifier(hex: text)))
        api.store.state.withLock {
            $0.intrusion = { state in
                state.runs[run]?.status = .running
                state.runs[run]?.revision = 1
            }
        }
        #expect(try await api.send(.post, "/api/runs/\(text)/cancel").status == 202)
        #expect(try await api.send(.get, "/api/runs/\(text)")["status"] == .string("cancelling"))
        #expect(try await api.send(.post, "/api/runs/\(text)/cancel").status == 202)
    }

    @Test(arguments: [
        "2026-01-01T00:00:00Z", "2026-01-01t00:00:00.5z", "2026-01-01%2000:00:00Z", "2026-01-01+00:00:00Z",
        "2026-01-01T00:00:00%2B02:00", "2026-01-01T00:00:00+02:00", "2026-01-01T00:00:00-02:00",
        "2026-01-01+00:00:00+02:00", "2026-01-01%2000:00:00%2002:00",
    ])
    func `times in a query, also with blanks that were meant`(_ time: String) async throws {
        for name in ["createdBefore", "startedBefore", "heartbeatBefore"] {
            #expect(try await api.send(.get, "/api/runs?\(name)=\(time)").status == 200)
        }
    }

    @Test func `a plus sign that was not encoded is one`() throws {
        var query = QueryReader("a=2026-01-01T00:00:00+02:00&b=2026-01-01+00:00:00Z", known: ["a", "b"])
        #expect(query.time("a")?.rfc3339 == "2025-12-31T22:00:00.000Z")
        #expect(query.time("b")?.rfc3339 == "2026-01-01T00:00:00.000Z")
    }

    @Test(arguments: [
        ("createdBefore=2026-01-01", "%2B"), ("createdBefore=2026-01-01+00:00:00++02:00", "%2B"),
        ("createdBefore", "has no value"), ("limit", "has no value"), ("limit=+5", "whole number"),
        ("limit=%zz", "percent-encoded"), ("limit=5&limit=6", "more than once"),
    ])
    func `what is wrong with a parameter is said`(_ query: String, _ reason: String) async throws {
        let answer = try await api.send(.get, "/api/runs?\(query)")
        #expect(answer.status == 400)
        #expect("\(answer)".contains(reason))
    }

    @Test(arguments: ["status=done", "status[$ne]=x", "createdBefore=yesterday", "after=1", "jobName=%24where"])
    func `bad filters are told`(_ query: String) async throws {
        #expect(try await api.send(.get, "/api/runs?\(query)").status == 400)
    }

    @Test(arguments: RunStatus.allCases)
    func `how a run is stopped depends on how it stands`(_ status: RunStatus) throws {
        var run = RunRecord(
            id: RunID(.zero), jobName: try JobName("a"), status: status, createdTime: APITester.now)
        run.trigger = .schedule
        let expected: RunStop =
            switch status {
            case .pending, .running: .tell
            case .cancelling: .none
            case .cancelled, .failed, .completed: .late
            }
        #expect(RunStop(run) == expected)
        run.isWaiting = true
        if status == .pending { #expect(RunStop(run) == .end) }
    }

    @Test(arguments: [
        (RunTrigger.manual, Int64(0), false, RunStop.end), (.manual, 1, true, .end),
        (.manual, 1, false, .tell), (.manual, 2, true, .tell), (.schedule, 0, true, .end),
        (.schedule, 0, false, .tell), (.schedule, 1, true, .tell),
    ])
    func `a run that waits since somebody first looked at it is known to nobody`(
        _ trigger: RunTrigger, _ revision: Int64, _ isWaiting: Bool, _ expected: RunStop
    ) throws {
        var run = RunRecord(
            id: RunID(.zero), jobName: try JobName("a"), status: .pending, createdTime: APITester.now)
        run.trigger = trigger
        run.revision = revision
        run.isWaiting = isWaiting
        #expect(RunStop(run) == expected)
    }
}
