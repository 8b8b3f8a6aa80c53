// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A document of `runs`, on its way to a value.
struct RunDocument {
    private var id: ObjectID?
    private var jobName: JobName?
    private var status: RunStatus?
    private var createdTime: Timestamp?
    private var trigger: RunTrigger?
    private var attempt = 1
    private var rest: [WritableKeyPath<Run, Timestamp?>: Timestamp] = [:]
    private var payload: JSONValue?
    private var progress: Double?
    private var error: String?
    private var result: JSONValue?
    private var attempts: [RunAttempt] = []
    private var isWaiting = false
    private var isRetired = false
    private var lockEpoch: Int64 = 0
    private var revision: Int64 = 0
    private var faults = DocumentFaults()

    /// Reads a document to its end; `nil` when it cannot be understood, after a report to `unreadable`.
    static func decode(_ reader: borrowing BSONReader, unreadable: UnreadableRuns) -> Run? {
        var document = RunDocument()
        while reader.next() { document.read(reader) }
        guard let run = document.run() else {
            unreadable.report(document.id, document.faults.reasons)
            return nil
        }
        return run
    }

    /// The same, for a document whose place matters: its id without a run when only the rest cannot be understood.
    static func decodeOrStandIn(
        _ reader: borrowing BSONReader, unreadable: UnreadableRuns
    ) -> (id: ObjectID, run: Run?)? {
        var document = RunDocument()
        while reader.next() { document.read(reader) }
        guard let id = document.id else { return nil }
        let run = document.run()
        if run == nil { unreadable.report(id, document.faults.reasons) }
        return (id, run)
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
        case "createdTime": createdTime = faults.date(reader.value(), name)
        case "startTime": rest[\.startTime] = faults.date(reader.value(), name)
        case "endTime": rest[\.endTime] = faults.date(reader.value(), name)
        case "heartbeat": rest[\.heartbeat] = faults.date(reader.value(), name)
        case "scheduledTime": rest[\.scheduledTime] = faults.date(reader.value(), name)
        case "publishedAt": rest[\.publishedAt] = faults.date(reader.value(), name)
        case "cancelledAt": rest[\.cancelledAt] = faults.date(reader.value(), name)
        case "retryAt": rest[\.retryAt] = faults.date(reader.value(), name)
        case "deadline": rest[\.deadline] = faults.date(reader.value(), name)
        case "attempt": attempt = Int(faults.wholeNumber(reader.value(), name, 1...1_000_000_000) ?? 1)
        case "trigger": readTrigger(reader.value())
        case "payload": payload = reader.json()
        case "result": result = reader.json()
        case "error": error = faults.string(reader.value(), name)
        case "progress": readProgress(reader.value())
        case "attempts": attempts = RunAttempt.rows(reader.value())
        case "retired": isRetired = faults.bool(reader.value(), name) ?? false
        case "waiting": isWaiting = faults.bool(reader.value(), name) ?? false
        case "lockEpoch": lockEpoch = faults.wholeNumber(reader.value(), name, 0...Int64.max) ?? 0
        case "revision": revision = faults.wholeNumber(reader.value(), name, 0...Int64.max) ?? 0
        default: break
        }
    }

    private mutating func readTrigger(_ value: BSONValue) {
        guard let text = faults.string(value, "trigger") else { return }
        trigger = RunTrigger(rawValue: text)
        if trigger == nil { faults.add("trigger", found: "another word", expected: "schedule or manual") }
    }

    private mutating func readProgress(_ value: BSONValue) {
        switch value {
        case .double(let number): progress = number
        case .int32(let number): progress = Double(number)
        case .int64(let number): progress = Double(number)
        case .null: break
        default: faults.add("progress", found: value, expected: "a number")
        }
    }

    private mutating func run() -> Run? {
        if id == nil { faults.add("_id: not an ObjectId") }
        if jobName == nil { faults.add("jobName: not the name of a job") }
        if status == nil { faults.add("status: not one of the statuses of a run") }
        guard faults.reasons.isEmpty, let id, let jobName, let status else { return nil }
        let scheduledTime = rest[\.scheduledTime]
        var run = Run(
            id: RunID(id), jobName: jobName, createdTime: createdTime ?? id.creationTime, scheduledTime: scheduledTime,
            trigger: trigger ?? (scheduledTime == nil ? .manual : .schedule), isWaiting: isWaiting,
            lockEpoch: lockEpoch)
        for (field, value) in rest { run[keyPath: field] = value }
        run.status = status
        run.attempt = attempt
        run.payload = payload
        run.progress = progress
        run.error = error
        run.result = result
        run.attempts = attempts
        run.isRetired = isRetired
        run.revision = revision
        return run
    }
}
