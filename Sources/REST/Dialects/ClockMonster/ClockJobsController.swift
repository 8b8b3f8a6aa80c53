// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import AddressGuard
import HTTPTypes
import Hummingbird
import Shared

/// The dialect `clockmonster`: what clients of ClockMonster ask for, done with jobs of ours (contract, section 12).
struct ClockJobsController: Sendable {
    /// Below 2^53: clients keep the number of a job in a double.
    private static let ids: ClosedRange<Int64> = 1...(1 << 53 - 1)
    /// The most numbers of a batch.
    private static let longestBatch = 1_000

    private let store: any AdminStore
    private let clock: any EngineClock
    private let desk: JobDesk
    private let rules: AddressRules
    private let events: ClockMonsterEvents?

    init(_ parts: APIParts) {
        store = parts.store
        clock = parts.clock
        desk = JobDesk(parts)
        rules = parts.addressRules
        events = parts.clockMonsterEvents
    }

    /// `POST /v2/job`.
    func create(_ call: APICall) async throws(Problem) -> Response {
        let members = try await BodyReader.object(call)
        do throws(Problem) {
            while true {
                do throws(Problem) { return try await create(members, id: .random(in: Self.ids)) } catch {
                    // Somebody has the number.
                    guard error.status == .conflict else { throw error }
                }
            }
        } catch {
            throw ClockJobBody.translated(error)
        }
    }

    private func create(_ members: [String: JSONValue], id: Int64) async throws(Problem) -> Response {
        let now = clock.now()
        let body = try ClockJobBody(members, id: id, now: now, rules: rules)
        var fields = body.fields
        fields["name"] = .string(Self.name(id))
        let job = try JobBody.newJob(fields, now: now, dialect: body.terms.map { .clockMonster($0) })
        try await desk.create(job)
        events?.note(.created, job: id)
        var response = Self.answer(ClockJob(JobRecord(name: job.name, job: job), open: []))
        response.headers[.location] = "/v2/job?id=\(id)"
        return response
    }

    /// `GET /v2/job?id=`.
    func get(_ call: APICall) async throws(Problem) -> Response {
        let id = try Self.id(call)
        guard let record = try await record(id), record.job?.clockMonster != nil else { throw Self.noJob }
        // Once more where none is found: a run that changes just then may be passed over.
        for _ in 0..<2 {
            let open = try await openRuns(of: record.name)
            if let job = ClockJob(record, open: open), !job.isOver { return Self.answer(job) }
        }
        throw Self.noJob
    }

    private func openRuns(of name: JobName) async throws(Problem) -> [RunRecord] {
        var filter = RunFilter()
        filter.jobName = name
        filter.statuses = [.pending, .running, .cancelling]
        return try await stored { [filter] () async throws(StoreError) in
            try await store.runs(filter, after: nil, limit: 1_000).elements
        }
    }

    /// `DELETE /v2/job?id=`: 200 for a job that is not there, too.
    func delete(_ call: APICall) async throws(Problem) -> Response {
        try await delete(try Self.id(call))
        return Answer.empty(.ok)
    }

    /// `DELETE /v2/job/batch?ids=1,2`.
    func deleteBatch(_ call: APICall) async throws(Problem) -> Response {
        var query = QueryReader(call.query, known: ["ids"], isLenient: true)
        let words = (query.one("ids") ?? "").split(separator: ",", omittingEmptySubsequences: false)
        let ids = words.compactMap { Self.number($0) }
        if query.faults.isEmpty, ids.count < words.count || ids.count > Self.longestBatch {
            query.add("ids", "is no list of at most \(Self.longestBatch) numbers separated by commas")
        }
        try query.check()
        for id in ids { try await delete(id) }
        return Answer.empty(.ok)
    }

    private func delete(_ id: Int64) async throws(Problem) {
        // A job of the API may have such a name: it is none of ours.
        guard let record = try await record(id), record.job?.clockMonster != nil else { return }
        if try await desk.delete(record.name) { events?.note(.removed, job: id) }
    }

    private func record(_ id: Int64) async throws(Problem) -> JobRecord? {
        guard let name = try? JobName(Self.name(id)) else { return nil }
        return try await stored { () async throws(StoreError) in try await store.job(named: name, withFields: false) }
    }

    private static let noJob = Problem(.notFound, "Cannot find that job!")

    private static func name(_ id: Int64) -> String { "clockmonster-\(id)" }

    private static func id(_ call: APICall) throws(Problem) -> Int64 {
        var query = QueryReader(call.query, known: ["id"], isLenient: true)
        let id = query.one("id").flatMap { number($0[...]) }
        if query.faults.isEmpty, id == nil { query.add("id", "is no whole number") }
        try query.check()
        guard let id else { throw Self.noJob }
        return id
    }

    /// A whole number in decimal digits, as a client writes it.
    private static func number(_ text: Substring) -> Int64? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text
        guard (1...19).contains(digits.utf8.count),
            digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
        else { return nil }
        return Int64(text)
    }

    private static func answer(_ job: ClockJob?) -> Response {
        var json = JSONWriter(capacity: 512)
        json.write(job?.json ?? .null)
        return Answer.json(json)
    }
}
