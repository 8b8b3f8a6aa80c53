// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
package import Hummingbird
import ServiceHost
import Shared

/// Shows, makes, edits and deletes jobs.
package struct JobsController: Sendable {
    private let store: any AdminStore
    private let clock: any EngineClock
    private let desk: JobDesk

    /// Jobs that could never be delivered are refused.
    package init(_ parts: APIParts) {
        store = parts.store
        clock = parts.clock
        desk = JobDesk(parts)
    }

    /// `GET /api/jobs`.
    package func list(_ call: APICall) async throws(Problem) -> Response {
        var query = QueryReader(call.query, known: ["limit", "after", "labels"])
        let limit = query.limit()
        let after = query.jobName("after")
        let labels = Self.labels(&query)
        try query.check()
        let page = try await stored { () async throws(StoreError) in
            try await store.jobs(after: after, labels: labels, limit: limit)
        }
        var json = JSONWriter(capacity: 256 * (page.elements.count + 1))
        json.beginArray()
        for record in page.elements { json.write(record) }
        json.endArray()
        return Paging.answer(json, call, query, next: page.hasMore ? page.elements.last?.name.text : nil)
    }

    /// `GET /api/jobs/{name}`.
    package func get(_ call: APICall) async throws(Problem) -> Response {
        try QueryReader(call.query, known: []).check()
        let conditions = try JobPreconditions(call)
        let record = try await record(call, withFields: false)
        try Self.checkUsable(record)
        try conditions.checkMatch(record)
        var json = JSONWriter()
        json.write(record)
        var response = conditions.isKnown(record) ? Answer.empty(.notModified) : Answer.json(json)
        response.headers[.eTag] = EntityTag(record).description
        return response
    }

    /// `POST /api/jobs`.
    package func create(_ call: APICall) async throws(Problem) -> Response {
        let job = try JobBody.newJob(try await BodyReader.object(call), now: clock.now())
        try await desk.create(job)
        var json = JSONWriter(capacity: 160)
        json.beginObject()
        json.member("name", .string(job.name.text))
        json.endObject()
        var response = Answer.json(json, .created)
        response.headers[.location] = "/api/jobs/\(job.name)"
        response.headers[.eTag] = EntityTag(JobRecord(name: job.name, job: job)).description
        return response
    }

    /// `PATCH /api/jobs/{name}`: a merge of fields; unlike RFC 7396 it does not look into objects.
    ///
    /// With `If-Match` only as long as users have edited nothing.
    package func update(_ call: APICall) async throws(Problem) -> Response {
        let name = try call.jobName()
        let patch = try await BodyReader.object(call)
        let conditions = try JobPreconditions(call)
        let after = try await desk.edit(
            name, check: { (before) throws(Problem) in try conditions.check(before) },
            by: { (_) throws(Problem) in (patch, nil) })
        var response = Answer.empty(.noContent)
        response.headers[.eTag] = EntityTag(after).description
        return response
    }

    /// `DELETE /api/jobs/{name}`.
    package func delete(_ call: APICall) async throws(Problem) -> Response {
        let name = try call.jobName()
        var expected: JobRecord?
        let conditions = try JobPreconditions(call)
        if conditions.areAboutEdition {
            let before = try await record(call, withFields: false)
            try conditions.check(before)
            expected = before
        }
        guard try await desk.delete(name, expected: expected) else { throw .noJob }
        return Answer.empty(.noContent)
    }

    /// `GET /api/jobs/{name}/preview`.
    package func preview(_ call: APICall) async throws(Problem) -> Response {
        var query = QueryReader(call.query, known: ["count"])
        let count = query.number("count", in: 1...1_000, default: 10)
        try query.check()
        let record = try await record(call, withFields: false)
        try Self.checkUsable(record)
        var json = JSONWriter(capacity: 64 * count)
        json.beginArray()
        if let job = record.job {
            for slot in SlotPreview.slots(of: job, count: count) { slot.write(to: &json) }
        }
        json.endArray()
        return Answer.json(json)
    }

    private func record(_ call: APICall, withFields: Bool) async throws(Problem) -> JobRecord {
        try await desk.record(try call.jobName(), withFields: withFields)
    }

    static func labels(_ query: inout QueryReader) -> [String: String] {
        var labels: [String: String] = [:]
        if query.all("labels").contains(where: { $0.unicodeScalars.count > 8_192 }) {
            query.add("labels", "is longer than 8192 characters")
        }
        for pair in query.all("labels").flatMap({ $0.split(separator: ",", omittingEmptySubsequences: false) }) {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map { String($0) }
            guard parts.count == 2, JobLabel.isKey(parts[0]), JobLabel.isValue(parts[1]) else {
                query.add(
                    "labels",
                    "is not key=value, or several of them separated by commas, where a key is "
                        + "\(JobLabel.keyRule), and a value \(JobLabel.valueRule)")
                return [:]
            }
            if let known = labels.updateValue(parts[1], forKey: parts[0]), known != parts[1] {
                query.add("labels", "asks for two values of one key")
            }
        }
        if labels.count > JobLabel.largestCount { query.add("labels", "asks for more labels than a job can have") }
        return labels
    }

    private static func checkUsable(_ record: JobRecord) throws(Problem) {
        guard record.job == nil else { return }
        var problem = Problem(.conflict, "the stored job cannot be used; edit or delete it")
        problem.errors = record.faults
        throw problem
    }
}
