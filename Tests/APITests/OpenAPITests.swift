// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import REST
import Shared
import Testing

struct OpenAPITests {
    private func member(_ value: JSONValue?, _ name: String) -> JSONValue? {
        if case .object(let members)? = value { members[name] } else { nil }
    }

    @Test func `the document has the routes of the code, and their scopes`() throws {
        let document = try JSONReader.read(OpenAPIDocument.json)
        guard case .object(let paths)? = member(document, "paths") else {
            Issue.record("no paths")
            return
        }
        var described: Set<String> = []
        for (path, operations) in paths {
            guard case .object(let methods) = operations else { continue }
            for (method, operation) in methods {
                guard case .string(let id)? = member(operation, "operationId") else { continue }
                described.insert("\(method.uppercased()) \(path) \(id)")
                let scope = REST.Operation(rawValue: id)?.scope.map { JSONValue.string($0.rawValue) }
                #expect(member(operation, "x-required-scope") == scope)
            }
        }
        let known = REST.Operation.allCases.compactMap { operation in
            operation.route.map { "\($0.method.rawValue) \($0.path) \(operation.rawValue)" }
        }
        #expect(described == Set(known))
    }

    @Test func `the document has the fields that a run can have`() throws {
        let now = APITester.now
        var run = RunRecord(id: RunID(.zero), jobName: try JobName("a"), status: .failed, createdTime: now)
        (run.startTime, run.endTime, run.heartbeat, run.scheduledTime, run.retryAt) = (now, now, now, now, now)
        (run.payload, run.result, run.progress, run.error, run.notes) = (.int(1), .int(1), 0.5, "e", ["error: cut"])
        run.attempts = [RunAttempt(attempt: 1, startTime: now, endTime: now, status: .failed, error: "e")]
        var json = JSONWriter()
        json.write(run)
        guard case .object(let shown) = try JSONReader.read(json.bytes) else { throw CancellationError() }
        let document = try JSONReader.read(OpenAPIDocument.json)
        let schema = member(member(member(document, "components"), "schemas"), "Run")
        guard case .object(let fields)? = member(schema, "properties") else { throw CancellationError() }
        #expect(Set(fields.keys) == Set(shown.keys))
        #expect(shown["notes"] == .array([.string("error: cut")]))
    }

    @Test func `the document has the fields that a job can have`() throws {
        let document = try JSONReader.read(OpenAPIDocument.json)
        for name in ["NewJob", "JobPatch", "Job"] {
            let schema = member(member(member(document, "components"), "schemas"), name)
            guard case .object(let fields)? = member(schema, "properties") else {
                Issue.record("no \(name)")
                continue
            }
            #expect(Set(fields.keys) == JobFields.names.union(["name", "managerId", "heartbeat"]))
        }
    }
}
