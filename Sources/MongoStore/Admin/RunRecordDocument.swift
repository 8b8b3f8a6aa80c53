// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A document of `runs`, on its way to what the API shows.
struct RunRecordDocument {
    // Until the document was read, a stand-in for what every run has.
    private var run: RunRecord
    private var missing: Set<String> = ["_id", "jobName", "status"]
    private var createdTime: Timestamp?
    private var trigger: RunTrigger?
    private var faults = DocumentFaults()

    private static let unknownJob = try? JobName("unknown")

    /// Reads a document to its end; `nil` when it cannot be understood, after a report to `unreadable`.
    static func decode(_ reader: borrowing BSONReader, unreadable: UnreadableRuns) -> RunRecord? {
        guard let unknownJob else { return nil }
        var document = RunRecordDocument(
            run: RunRecord(id: RunID(.zero), jobName: unknownJob, status: .pending, createdTime: .earliest))
        while reader.next() { document.read(reader) }
        guard document.missing.isEmpty, document.faults.reasons.isEmpty else {
            let reasons = document.faults.reasons + document.missing.sorted().map { "\($0): missing or of no use" }
            unreadable.report(document.run.id.objectID, reasons)
            return nil
        }
        var run = document.run
        run.createdTime = document.createdTime ?? run.id.objectID.creationTime
        run.trigger = document.trigger ?? (run.scheduledTime == nil ? .manual : .schedule)
        return run
    }

    private init(run: RunRecord) {
        self.run = run
    }

    private mutating func read(_ reader: borrowing BSONReader) {
        let name = reader.name
        switch name {
        case "_id": if case .objectID(let id) = reader.value() { found(name) { $0.id = RunID(id) } }
        case "jobName":
            if case .string(let text) = reader.value(), let job = try? JobName(text) {
                found(name) { $0.jobName = job }
            }
        case "status":
            if case .string(let text) = reader.value(), let status = RunStatus(rawValue: text) {
                found(name) { $0.status = status }
            }
        case "trigger": if case .string(let text) = reader.value() { trigger = RunTrigger(rawValue: text) }
        case "createdTime": createdTime = faults.date(reader.value(), name)
        case "startTime": run.startTime = faults.date(reader.value(), name)
        case "endTime": run.endTime = faults.date(reader.value(), name)
        case "heartbeat": run.heartbeat = faults.date(reader.value(), name)
        case "scheduledTime": run.scheduledTime = faults.date(reader.value(), name) ?? run.scheduledTime
        case "retryAt": run.retryAt = faults.date(reader.value(), name)
        case "publishedAt": if case .date = reader.value() { run.isPublished = true }
        case "attempt": run.attempt = Int(faults.wholeNumber(reader.value(), name, 1...1_000_000_000) ?? 1)
        case "payload": run.payload = reader.json()
        case "result": run.result = reader.json()
        case "attempts": run.attempts = reader.json()
        case "error": run.error = faults.string(reader.value(), name)
        case "progress": run.progress = Self.number(reader.value())
        case "waiting": run.isWaiting = faults.bool(reader.value(), name) ?? false
        case "revision": run.revision = faults.wholeNumber(reader.value(), name, 0...Int64.max) ?? 0
        default: break
        }
    }

    private mutating func found(_ field: String, _ note: (inout RunRecord) -> Void) {
        missing.remove(field)
        note(&run)
    }

    private static func number(_ value: BSONValue) -> Double? {
        if case .double(let number) = value { return number }
        return value.wholeNumber.map { Double($0) }
    }
}
