// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import REST
import Shared
import TestSupport
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
        // Dialects are described in docs/dialects.md: they are other services', and off by default.
        let known = REST.Operation.allCases.filter { $0.dialect == nil }.compactMap { operation in
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
        var http = HTTPAttempt()
        (http.status, http.address, http.resolve, http.connect) = (503, "10.1.2.3", 0.25, 1)
        (http.tls, http.firstByte, http.total) = (2.5, 7, 9.125)
        run.attempts = run.attempts.map {
            RunAttempt(
                attempt: $0.attempt, startTime: $0.startTime, endTime: $0.endTime, status: $0.status, error: $0.error,
                http: http)
        }
        var json = JSONWriter()
        json.write(run)
        guard case .object(let shown) = try JSONReader.read(json.bytes) else { throw CancellationError() }
        guard case .object(let fields)? = member(try schema("Run"), "properties") else { throw CancellationError() }
        #expect(Set(fields.keys) == Set(shown.keys))
        #expect(shown["notes"] == .array([.string("error: cut")]))
        guard case .array(let rows)? = shown["attempts"], case .object(let row)? = rows.first,
            case .object(let columns)? = member(try schema("RunAttempt"), "properties"),
            case .object(let seen)? = row["http"],
            case .object(let parts)? = columns["http"].flatMap({ member($0, "properties") })
        else { throw CancellationError() }
        #expect(Set(columns.keys) == Set(row.keys))
        #expect(Set(parts.keys) == Set(seen.keys) && HTTPAttempt { seen[$0] } == http)
    }

    @Test func `the document has the fields that a job can have`() throws {
        for name in ["NewJob", "JobPatch", "Job"] {
            guard case .object(let fields)? = member(try schema(name), "properties") else {
                Issue.record("no \(name)")
                continue
            }
            #expect(Set(fields.keys) == JobField.names.union(["name", "managerId", "heartbeat"]))
        }
        guard case .array(let required)? = member(try schema("Job"), "required") else { throw CancellationError() }
        let shown = JobField.allCases.filter(\.row.isAlwaysShown).map(\.rawValue)
        #expect(Set(required) == Set((shown + ["name"]).map { .string($0) }))
    }

    @Test(arguments: JobField.allCases)
    func `the document describes each field of a job as the table of fields does`(field: JobField) throws {
        for name in ["NewJob", "JobPatch", "Job"] {
            let described = member(member(try schema(name), "properties"), field.rawValue)
            guard case .object(var facts)? = described else {
                Issue.record("no \(field) in \(name)")
                continue
            }
            // Texts, and the rules of what is inside, have no row.
            for fact in ["description", "additionalProperties", "propertyNames", "properties"] { facts[fact] = nil }
            let stated = facts.removeValue(forKey: "default")
            #expect(facts == Self.facts(field.row.kind, mayBeNull: name != "Job" && field != .enabled), "\(name)")
            if name == "NewJob" {
                #expect(stated == field.defaultJSON || stated == nil && !Self.mustSayDefault(field))
            } else {
                #expect(stated == nil, "\(name)")
            }
            if case .every = field.row.kind {
                let units = CalendarStep.Unit.allCases.map { unit in
                    (unit.rawValue, JSONValue.object(Self.number(unit.counts)))
                }
                #expect(member(described, "properties") == .object(Dictionary(uniqueKeysWithValues: units)))
            }
            guard case .backoff = field.row.kind else { continue }
            let span = Self.facts(JobField.retention.row.kind, mayBeNull: false)
            for part in ["initial", "max"] {
                guard case .object(var facts)? = member(member(described, "properties"), part) else {
                    throw CancellationError()
                }
                facts["description"] = nil
                #expect(facts == span)
            }
        }
    }

    private func schema(_ name: String) throws -> JSONValue? {
        member(member(member(try JSONReader.read(OpenAPIDocument.json), "components"), "schemas"), name)
    }

    /// What a schema says of the values of a kind.
    private static func facts(_ kind: JobField.Kind, mayBeNull: Bool) -> [String: JSONValue] {
        func typed(_ type: String, _ others: [String: JSONValue] = [:]) -> [String: JSONValue] {
            let type: JSONValue = mayBeNull ? .array([.string(type), .string("null")]) : .string(type)
            return others.merging(["type": type]) { $1 }
        }
        func number(_ range: ClosedRange<Int64>) -> [String: JSONValue] {
            Self.number(range).merging(typed("integer")) { $1 }
        }
        return switch kind {
        case .truth: typed("boolean")
        case .count(_, _, let range), .span(_, _, let range): number(range)
        case .instant, .anchor: typed("string", ["format": .string("date-time")])
        case .every: typed("object", ["minProperties": .int(1), "maxProperties": .int(1)])
        case .text(_, _, let limit), .cron(let limit), .zone(let limit):
            typed("string", ["maxLength": .int(Int64(limit))])
        case .misfirePolicy:
            ["enum": .array(MisfirePolicy.allCases.map { .string($0.rawValue) } + (mayBeNull ? [.null] : []))]
        case .backoff: typed("object")
        case .delivery: typed("object", ["minProperties": .int(1), "maxProperties": .int(1)])
        case .labels: typed("object", ["maxProperties": .int(Int64(JobLabel.largestCount))])
        case .json: [:]
        }
    }

    private static func number(_ range: ClosedRange<Int64>) -> [String: JSONValue] {
        ["type": .string("integer"), "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound)]
    }

    /// Whether `NewJob` must say its default: not where that is nothing, or no plain value.
    private static func mustSayDefault(_ field: JobField) -> Bool {
        switch field.row.kind {
        case .truth, .count, .misfirePolicy: true
        case .span: field.defaultJSON != .int(0)
        default: false
        }
    }
}
