// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

private import AddressGuard
import HTTPTypes
package import Hummingbird
import OIDC
import ServiceHost
import Shared

/// Shows, makes and stops runs.
package struct RunsController: Sendable {
    private let store: any AdminStore
    private let clock: any EngineClock
    private let hints: HintSender
    private let hasBus: Bool
    private let addressRules: AddressRules
    private let ids: IdentifierGenerator

    /// Runs of jobs that could never be delivered are refused.
    package init(_ parts: APIParts) {
        store = parts.store
        clock = parts.clock
        hints = parts.hints
        hasBus = parts.hasBus
        addressRules = parts.addressRules
        var random = SystemRandomNumberGenerator()
        ids = IdentifierGenerator(random: &random)
    }

    /// `GET /api/runs`.
    package func list(_ call: APICall) async throws(Problem) -> Response {
        var query = QueryReader(
            call.query,
            known: ["limit", "after", "jobName", "status", "createdBefore", "startedBefore", "heartbeatBefore"])
        let limit = query.limit()
        let after = query.identifier("after").map { RunID($0) }
        let filter = Self.filter(&query)
        try query.check()
        let page = try await stored { () async throws(StoreError) in
            try await store.runs(filter, after: after, limit: limit)
        }
        var json = JSONWriter(capacity: 256 * (page.elements.count + 1))
        json.beginArray()
        for run in page.elements { json.write(run) }
        json.endArray()
        return Paging.answer(json, call, query, next: page.hasMore ? page.elements.last?.id.value.hex : nil)
    }

    /// `GET /api/runs/{id}`.
    package func get(_ call: APICall) async throws(Problem) -> Response {
        try QueryReader(call.query, known: []).check()
        return Self.answer(try await run(try call.runID()))
    }

    /// `POST /api/runs/{id}/cancel`.
    ///
    /// Answers 202 also for a run that ends at once or was told before: the request is on its way either way.
    package func cancel(_ call: APICall) async throws(Problem) -> Response {
        let id = try call.runID()
        for _ in 0..<20 {
            let run = try await run(id)
            let stop = RunStop(run)
            switch stop {
            case .late:
                var problem = Problem(.conflict, "the run has ended already: it is \(run.status.rawValue)")
                problem.members = [("runStatus", .string(run.status.rawValue))]
                throw problem
            case .none: return Answer.empty(.accepted)
            case .end, .tell: break
            }
            let time = max(clock.now(), run.createdTime)
            let isStored = try await stored { () async throws(StoreError) in
                try await store.stop(run, by: stop, at: time)
            }
            if isStored {
                hints.jobChanged(run.jobName)
                return Answer.empty(.accepted)
            }
        }
        throw .later(.serviceUnavailable, "the run is being changed by others all the time", seconds: 1)
    }

    /// `POST /api/jobs/{name}/run`.
    package func start(_ call: APICall) async throws(Problem) -> Response {
        let name = try call.jobName()
        let payload = try Self.payload(try await BodyReader.optionalObject(call))
        let key = try Self.idempotencyKey(call)
        let record = try await stored { () async throws(StoreError) in
            try await store.job(named: name, withFields: false)
        }
        guard let record else { throw .noJob }
        if payload != nil, let http = record.job?.delivery.http, !http.method.takesBody {
            throw .invalid([
                FieldFault("payload", "is for a request with a body, and the job's is a \(http.method.rawValue)")
            ])
        }
        let now = clock.now()
        var run = ManualRun(id: RunID(ids.next(at: now)), jobName: name, createdTime: now, payload: payload)
        var claim: IdempotencyClaim?
        if let key {
            let new = IdempotencyKey.claim(
                subject: call.principal?.subject ?? "", job: name, key: key, payload: payload, runID: run.id)
            let standing = try await stored { () async throws(StoreError) in try await store.claim(new) }
            guard standing.body == new.body else {
                throw Problem(.unprocessableContent, "this Idempotency-Key was used with another body")
            }
            run = ManualRun(id: standing.runID, jobName: name, createdTime: now, payload: payload)
            claim = standing
        }
        if let claim, claim.isDone {
            return Self.started(try await found(claim))
        }
        if let made = try await earlier(claim) { return Self.started(made) }
        let isMade = try await make(run, of: record)
        if let claim { try await stored { () async throws(StoreError) in try await store.settle(claim) } }
        hints.jobChanged(name)
        if !isMade, let made = try await earlier(claim) { return Self.started(made) }
        var made = RunRecord(id: run.id, jobName: name, status: .pending, createdTime: run.createdTime)
        made.payload = payload
        return Self.started(made)
    }

    /// Makes a run of a job now, with the job's payload.
    func start(_ record: JobRecord) async throws(Problem) {
        let now = clock.now()
        let run = ManualRun(id: RunID(ids.next(at: now)), jobName: record.name, createdTime: now, payload: nil)
        _ = try await make(run, of: record)
        hints.jobChanged(record.name)
    }

    /// Stores a run; gives `false` when it was there.
    private func make(_ run: ManualRun, of record: JobRecord) async throws(Problem) -> Bool {
        if let fault = record.job?.deliveryFault(hasBus: hasBus, rules: addressRules) { throw .invalid([fault]) }
        try await checkRoom(record)
        return try await stored(field: "payload") { () async throws(StoreError) in try await store.insert(run) }
    }

    /// The run of a claim that was settled.
    private func found(_ claim: IdempotencyClaim) async throws(Problem) -> RunRecord {
        let run = try await stored { () async throws(StoreError) in try await store.run(claim.runID) }
        guard let run else { throw Problem(.conflict, "the run of this Idempotency-Key was made and pruned since") }
        return run
    }

    /// The run that an earlier try under the same key has made without coming to its end.
    private func earlier(_ claim: IdempotencyClaim?) async throws(Problem) -> RunRecord? {
        guard let claim else { return nil }
        return try await stored { () async throws(StoreError) in try await store.run(claim.runID) }
    }

    private func checkRoom(_ record: JobRecord) async throws(Problem) {
        guard let limit = record.job?.maxQueueCount, limit > 0 else { return }
        let pending = try await stored { () async throws(StoreError) in
            try await store.pendingRuns(of: record.name, limit: limit)
        }
        guard pending < limit else {
            throw Problem(.conflict, "as many runs as the job's maxQueueCount allows are pending: \(limit)")
        }
    }

    private func run(_ id: RunID) async throws(Problem) -> RunRecord {
        let run = try await stored { () async throws(StoreError) in try await store.run(id) }
        guard let run else { throw .noRun }
        return run
    }

    private static func filter(_ query: inout QueryReader) -> RunFilter {
        var filter = RunFilter()
        filter.jobName = query.jobName("jobName")
        for text in query.all("status") {
            if let status = RunStatus(rawValue: text) {
                filter.statuses.insert(status)
            } else {
                query.add("status", "is none of \(RunStatus.allCases.map(\.rawValue).joined(separator: ", "))")
            }
        }
        filter.createdBefore = query.time("createdBefore")
        filter.startedBefore = query.time("startedBefore")
        filter.heartbeatBefore = query.time("heartbeatBefore")
        return filter
    }

    private static func payload(_ body: [String: JSONValue]) throws(Problem) -> JSONValue? {
        var faults = body.keys.filter { $0 != "payload" }.sorted().map {
            FieldFault(FieldFault.shown($0), "is not a field of this request; known: payload")
        }
        let payload = body["payload"].flatMap { $0 == .null ? nil : $0 }
        if let payload, !payload.fits(JobField.largestPayload) {
            faults.append(FieldFault("payload", "larger than 256 KiB as JSON"))
        } else if payload?.hasNUL == true {
            faults.append(FieldFault("payload", "holds a NUL character"))
        }
        guard faults.isEmpty else { throw .invalid(faults) }
        return payload
    }

    private static func idempotencyKey(_ call: APICall) throws(Problem) -> String? {
        guard let name = HTTPField.Name("Idempotency-Key"), let key = try call.header(name) else { return nil }
        guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw .malformed("the header Idempotency-Key must have 1 to 255 visible ASCII characters")
        }
        return key
    }

    private static func started(_ run: RunRecord) -> Response {
        var response = answer(run, .created)
        response.headers[.location] = "/api/runs/\(run.id)"
        return response
    }

    private static func answer(_ run: RunRecord, _ status: HTTPResponse.Status = .ok) -> Response {
        var json = JSONWriter()
        json.write(run)
        return Answer.json(json, status)
    }
}
