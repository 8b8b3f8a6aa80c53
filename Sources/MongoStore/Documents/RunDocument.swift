// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A document of `runs`, on its way to a value; the Scheduler and the API read it alike.
///
/// Without `_id`, `jobName` and `status` it is none, and what guards updates must be what it seems: `attempt`, `revision`,
/// `publishedAt`, `retryAt`. Whatever else cannot be understood counts as absent, and an `error` is kept as its JSON text.
struct RunDocument {
    private var id: Identifier?
    private var jobName: JobName?
    private var status: RunStatus?
    private var createdTime: Timestamp?
    private var trigger: RunTrigger?
    private var attempt = 1
    private var times: [WritableKeyPath<Run, Timestamp?>: Timestamp] = [:]
    private var payload: JSONValue?
    private var progress: Double?
    private var error: String?
    private var result: JSONValue?
    private var attempts: [RunAttempt] = []
    private var notes: [String] = []
    private var isWaiting = false
    private var isRetired = false
    private var isByHTTP = false
    private var accepted: HTTPAttempt?
    /// Empty = its job's own.
    private var workers: String?
    private var lockEpoch: Int64 = 0
    private var revision: Int64 = 0
    private var faults = DocumentFaults()
    /// What counts as absent.
    private var ignored = DocumentFaults()

    /// Reads a document to its end; `nil` when it cannot be understood, after a report to `unreadable`.
    static func decode(_ reader: borrowing BSONReader, unreadable: UnreadableRuns) -> Run? {
        decodeOrStandIn(reader, unreadable: unreadable)?.run
    }

    /// The same, for a document whose place matters: its id without a run when only the rest cannot be understood.
    static func decodeOrStandIn(
        _ reader: borrowing BSONReader, unreadable: UnreadableRuns
    ) -> (id: Identifier, run: Run?)? {
        var document = RunDocument()
        while reader.next() { document.read(reader) }
        let run = document.run()
        if run == nil {
            unreadable.report(document.id, document.faults.reasons)
        } else if !document.ignored.faults.isEmpty {
            unreadable.report(document.id, ignoring: document.ignored.reasons)
        }
        return document.id.map { ($0, run) }
    }

    private mutating func read(_ reader: borrowing BSONReader) {
        let name = reader.name
        switch name {
        case "_id":
            if case .objectID(let value) = reader.value() { id = value }
        case "jobName":
            if let text = faults.string(reader.value(), name) { jobName = try? JobName(text) }
        case "status":
            if let text = faults.string(reader.value(), name) { status = RunStatus(rawValue: text) }
        case "attempt": attempt = Int(faults.wholeNumber(reader.value(), name, 1...1_000_000_000) ?? 1)
        case "revision": revision = faults.counter(reader.value(), name)
        case "publishedAt": times[\.publishedAt] = faults.date(reader.value(), name)
        case "retryAt": times[\.retryAt] = faults.date(reader.value(), name)
        case "payload": payload = reader.optionalJSON()
        case "result": result = reader.optionalJSON()
        default: readLeniently(reader.value(), name)
        }
    }

    private mutating func readLeniently(_ value: BSONValue, _ name: String) {
        switch name {
        case "createdTime": createdTime = ignored.date(value, name)
        case "startTime": times[\.startTime] = ignored.date(value, name)
        case "endTime": times[\.endTime] = ignored.date(value, name)
        case "heartbeat": times[\.heartbeat] = ignored.date(value, name)
        case "scheduledTime": times[\.scheduledTime] = ignored.date(value, name)
        case "cancelledAt": times[\.cancelledAt] = ignored.date(value, name)
        case "deadline": times[\.deadline] = ignored.date(value, name)
        case "trigger":
            trigger = ignored.string(value, name).flatMap { RunTrigger(rawValue: $0) }
            if trigger == nil, case .string = value {
                ignored.add(name, found: "another word", expected: "schedule or manual")
            }
        case "error": error = value.errorText
        case "progress": progress = ignored.fraction(value, name)
        case "attempts": attempts = RunAttempt.rows(value)
        case "notes": notes = value.texts
        case "retired": isRetired = value == true
        case "waiting": isWaiting = value == true
        case "byHTTP": isByHTTP = value == true
        case "accepted": accepted = HTTPAttempt(value)
        case "workers": workers = ignored.string(value, name)
        case "lockEpoch": lockEpoch = ignored.counter(value, name)
        default: break
        }
    }

    private mutating func run() -> Run? {
        if id == nil { faults.add("_id", "not an ObjectId") }
        if jobName == nil { faults.add("jobName", "not the name of a job") }
        if status == nil { faults.add("status", "not one of the statuses of a run") }
        guard faults.faults.isEmpty, let id, let jobName, let status else { return nil }
        let scheduledTime = times[\.scheduledTime]
        var run = Run(
            id: RunID(id), jobName: jobName, createdTime: createdTime ?? id.creationTime, scheduledTime: scheduledTime,
            trigger: trigger ?? (scheduledTime == nil ? .manual : .schedule), isWaiting: isWaiting,
            lockEpoch: lockEpoch)
        for (field, value) in times { run[keyPath: field] = value }
        run.status = status
        run.attempt = attempt
        run.payload = payload
        run.progress = progress
        run.error = error
        run.result = result
        run.attempts = attempts
        run.note(notes)
        run.isRetired = isRetired
        run.isByHTTP = isByHTTP
        run.accepted = accepted
        run.workers = workers.flatMap { WorkerAddress(stored: $0, of: jobName) }
        run.revision = revision
        return run
    }
}

extension BSONReader {
    /// The current element as JSON; `nil` when it is null.
    fileprivate borrowing func optionalJSON() -> JSONValue? {
        let value = json()
        return value == .null ? nil : value
    }
}
