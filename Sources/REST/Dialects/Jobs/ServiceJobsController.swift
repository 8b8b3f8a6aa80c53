// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import HTTPTypes
import Hummingbird
import Shared
import Synchronization

/// The dialect `jobs`: what clients of the Scheduler Service on BullMQ ask for, done with jobs of ours (contract, section 12).
struct ServiceJobsController: Sendable {
    /// How many jobs' last runs are looked up at a time.
    private static let lookups = 8

    private let store: any AdminStore
    private let clock: any EngineClock
    private let desk: JobDesk
    private let runs: RunsController
    /// When the last job was made: no two at the same moment, for lists are in that order.
    private let lastCreation = LastMoment()

    init(_ parts: APIParts, runs: RunsController) {
        store = parts.store
        clock = parts.clock
        desk = JobDesk(parts)
        self.runs = runs
    }

    /// `GET /health`, for everybody.
    func health() -> Response {
        Answer.bytes(Array(#"{"status":"ok","timestamp":"\#(clock.now().rfc3339)"}"#.utf8), Answer.json)
    }

    /// `POST /jobs`.
    func create(_ call: APICall) async throws(Problem) -> Response {
        let members = try await BodyReader.object(call)
        let now = lastCreation.next(clock.now())
        return try await translating { () async throws(Problem) in
            let body = try ServiceJobBody(members, now: now)
            var fields = body.fields
            let id = Self.newID()
            fields["name"] = .string(id)
            let job = try JobBody.newJob(fields, now: now, dialect: .jobs(body.terms))
            try await desk.create(job)
            let record = JobRecord(name: job.name, job: job)
            var response = Self.answer("Job created successfully", ServiceJob(record, last: nil), .created)
            response.headers[.location] = "/jobs/\(id)"
            return response
        }
    }

    /// `GET /jobs?status=&name=`: all of them, the newest first.
    func list(_ call: APICall) async throws(Problem) -> Response {
        var query = QueryReader(call.query, known: ["status", "name"], isLenient: true)
        let name = query.one("name")
        let text = query.one("status").flatMap { $0.isEmpty ? nil : $0 }
        let status = text.flatMap { ServiceJobStatus(rawValue: $0) }
        if text != nil, status == nil { query.add("status", "is none of \(ServiceJobStatus.listed)") }
        try query.check()
        let records = try await records(name)
        let jobs = try await jobs(status == .inactive ? records.filter { $0.job?.isEnabled == false } : records)
        var json = JSONWriter(capacity: 512 * (jobs.count + 1))
        json.beginArray()
        for job in jobs where status.map({ job.status == $0 }) ?? true { job.write(to: &json) }
        json.endArray()
        return Answer.json(json)
    }

    /// `GET /jobs/{id}`.
    func get(_ call: APICall) async throws(Problem) -> Response {
        let record = try await record(call)
        var json = JSONWriter()
        ServiceJob(record, last: try await last(record))?.write(to: &json)
        return Answer.json(json)
    }

    /// `PUT /jobs/{id}`, which merges.
    func update(_ call: APICall) async throws(Problem) -> Response {
        let members = try await BodyReader.object(call)
        return try await edit(call, members) { "Job updated successfully" }
    }

    /// `PATCH /jobs/{id}/status`.
    func setStatus(_ call: APICall) async throws(Problem) -> Response {
        let status = try await BodyReader.object(call)["status"]
        guard case .string(let text)? = status, ServiceJobStatus(rawValue: text) != nil else {
            throw .malformed("status is none of \(ServiceJobStatus.listed)")
        }
        return try await edit(call, ["status": .string(text)]) { "Job status updated to \(text) successfully" }
    }

    /// `DELETE /jobs/{id}`.
    func delete(_ call: APICall) async throws(Problem) -> Response {
        let record = try await record(call)
        guard try await desk.delete(record.name) else { throw .noJob }
        var json = JSONWriter()
        json.write(
            .object(["message": .string("Job deleted successfully"), "id": .string(record.name.text)]))
        return Answer.json(json)
    }

    /// `POST /jobs/{id}/run`.
    func run(_ call: APICall) async throws(Problem) -> Response {
        try await runs.start(try await record(call))
        return Answer.bytes(Array(#"{"message":"Job triggered successfully"}"#.utf8), Answer.json)
    }

    private func edit(
        _ call: APICall, _ members: [String: JSONValue], message: () -> String
    ) async throws(Problem) -> Response {
        let name = try Self.name(call)
        let now = clock.now()
        let record = try await translating { () async throws(Problem) in
            try await desk.edit(name) { (before) throws(Problem) in
                let job = try Self.usable(before)
                let body = try ServiceJobBody(members, before: job, now: now)
                return (body.fields, .jobs(body.terms))
            }
        }
        return Self.answer(message(), ServiceJob(record, last: try await last(record)))
    }

    private func translating<Value: Sendable>(_ work: () async throws(Problem) -> Value) async throws(Problem) -> Value
    {
        do { return try await work() } catch { throw ServiceJobBody.translated(error) }
    }

    private static func answer(
        _ message: String, _ job: ServiceJob?, _ status: HTTPResponse.Status = .ok
    ) -> Response {
        var json = JSONWriter(capacity: 512)
        json.beginObject()
        json.member("message", .string(message))
        json.name("job")
        job?.write(to: &json)
        json.endObject()
        return Answer.json(json, status)
    }

    /// The job that the path names; 404 for one that the dialect has not made, too.
    private func record(_ call: APICall) async throws(Problem) -> JobRecord {
        let record = try await desk.record(try Self.name(call))
        _ = try Self.usable(record)
        return record
    }

    private static func usable(_ record: JobRecord) throws(Problem) -> Job {
        guard let job = record.job else {
            throw Problem(.conflict, "the stored job cannot be used; mend or delete it with the API of the Scheduler")
        }
        guard job.serviceJob != nil else { throw .noJob }
        return job
    }

    private static func name(_ call: APICall) throws(Problem) -> JobName {
        let text = (call.values.first ?? "").lowercased()
        guard isID(text), let name = try? JobName(text) else { throw .noJob }
        return name
    }

    /// The jobs of the dialect, of one name or of any, the newest first.
    private func records(_ name: String?) async throws(Problem) -> [JobRecord] {
        var records: [JobRecord] = []
        var last: JobName?
        while true {
            let page = try await stored { [last] () async throws(StoreError) in
                try await store.jobs(after: last, labels: [Dialect.label: Dialect.jobs.rawValue], limit: 1_000)
            }
            records += page.elements.filter { record in
                record.job?.serviceJob.map { terms in name.map { $0 == terms.name } ?? true } ?? false
            }
            guard page.hasMore, let end = page.elements.last?.name else { break }
            last = end
        }
        func order(_ record: JobRecord) -> (Timestamp, String) {
            (record.job?.serviceJob?.createdAt ?? .earliest, record.name.text)
        }
        return records.sorted { order($0) > order($1) }
    }

    private func jobs(_ records: [JobRecord]) async throws(Problem) -> [ServiceJob] {
        let found = await withTaskGroup(of: (Int, Result<ServiceJob?, Problem>).self) { group in
            var jobs = [Result<ServiceJob?, Problem>](repeating: .success(nil), count: records.count)
            for (index, record) in records.enumerated() {
                if index >= Self.lookups, let (index, job) = await group.next() { jobs[index] = job }
                group.addTask {
                    do throws(Problem) {
                        return (index, .success(ServiceJob(record, last: try await self.last(record))))
                    } catch {
                        return (index, .failure(error))
                    }
                }
            }
            for await (index, job) in group { jobs[index] = job }
            return jobs
        }
        var jobs: [ServiceJob] = []
        for job in found { if let job = try job.get() { jobs.append(job) } }
        return jobs
    }

    /// The last run of a job that has completed or failed.
    private func last(_ record: JobRecord) async throws(Problem) -> RunRecord? {
        var filter = RunFilter()
        filter.jobName = record.name
        filter.statuses = [.completed, .failed]
        return try await stored { [filter] () async throws(StoreError) in
            try await store.runs(filter, after: nil, limit: 1).elements.first
        }
    }

    /// A random UUID (RFC 9562, version 4).
    private static func newID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
        bytes[6] = bytes[6] & 0x0f | 0x40
        bytes[8] = bytes[8] & 0x3f | 0x80
        var text = ""
        for (index, byte) in bytes.enumerated() {
            if [4, 6, 8, 10].contains(index) { text += "-" }
            text += Hexadecimal.text([byte])
        }
        return text
    }

    private static func isID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && parts.allSatisfy { $0.utf8.allSatisfy { "0123456789abcdef".utf8.contains($0) } }
    }
}

/// Gives moments that are all different.
private final class LastMoment: Sendable {
    private let last = Mutex(Timestamp.earliest)

    /// The moment, or the first one after it that was not given yet.
    func next(_ now: Timestamp) -> Timestamp {
        last.withLock { last in
            last = max(now, last + .milliseconds(1))
            return last
        }
    }
}
