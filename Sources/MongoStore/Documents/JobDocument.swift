// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A document of `jobs`, on its way to a value.
struct JobDocument {
    /// The largest payload, as JSON text.
    static let maximumPayloadBytes = 256 * 1024
    /// Fields that grow and that no Scheduler reads.
    static let projection: BSONValue = ["skips": 0, "skipped": 0]

    private var id: BSONValue?
    private var isEnabled: Bool?
    private var hasEnabled = false
    private var interval: Duration?
    private var hasInterval = false
    private var nextRunAt: Timestamp?
    private var hasNextRunAtFault = false
    private var executionTimeout = Duration.zero
    private var startTimeout = Duration.zero
    private var heartbeatTimeout = Duration.zero
    private var maxQueueCount = 0
    private var allowsConcurrentRuns = false
    private var payload: JSONValue?
    private var isPayloadSmall = true
    private var managerID: ManagerID?
    private var lockEpoch: Int64 = 0
    private var wasTakenFromDeadOwner = false
    private var isTakenMark = false
    private var faults = DocumentFaults()

    /// Reads a document to its end; `atLock` tells what the last lock found instead of what stands now.
    static func decode(_ reader: borrowing BSONReader, atLock: Bool = false) -> StoredJob {
        var document = JobDocument()
        while reader.next() { document.read(reader) }
        return document.result(atLock: atLock)
    }

    private mutating func read(_ reader: borrowing BSONReader) {
        let name = reader.name
        switch name {
        case "_id": id = reader.value()
        case "enabled":
            hasEnabled = true
            isEnabled = faults.bool(reader.value(), name)
        case "interval":
            hasInterval = true
            interval = faults.span(reader.value(), name)
        case "nextRunAt":
            let before = faults.reasons.count
            nextRunAt = faults.date(reader.value(), name)
            hasNextRunAtFault = faults.reasons.count > before
        case "runExecutionTimeout": executionTimeout = faults.span(reader.value(), name) ?? .zero
        case "runStartTimeout": startTimeout = faults.span(reader.value(), name) ?? .zero
        case "heartbeatTimeout": heartbeatTimeout = faults.span(reader.value(), name) ?? .zero
        case "maxQueueCount":
            maxQueueCount = Int(faults.wholeNumber(reader.value(), name, 0...DocumentFaults.largestCount) ?? 0)
        case "allowConcurrentRuns": allowsConcurrentRuns = faults.bool(reader.value(), name) ?? false
        case "payload":
            payload = reader.json()
            // No BSON value grows more than sixfold as JSON, so small ones need not be measured.
            isPayloadSmall = reader.valueByteCount() * 6 <= Self.maximumPayloadBytes
        case "managerId": managerID = faults.manager(reader.value(), name)
        case "lockEpoch": lockEpoch = faults.wholeNumber(reader.value(), name, 0...Int64.max) ?? 0
        case "ownerLostAt": wasTakenFromDeadOwner = true
        case "lockedAfterLoss": isTakenMark = true
        default: break
        }
    }

    private mutating func result(atLock: Bool) -> StoredJob {
        let name = jobName()
        if !hasEnabled { faults.add("enabled", found: "nothing", expected: "true or false") }
        if !hasInterval {
            faults.add("interval", found: "nothing", expected: "a whole number of milliseconds, 0 = once")
        }
        if let interval, interval > .zero, nextRunAt == nil, !hasNextRunAtFault {
            faults.add("nextRunAt: missing; a job with an interval needs its next slot")
        }
        if !isPayloadSmall, let payload, !payload.fits(Self.maximumPayloadBytes) {
            faults.add("payload: larger than 256 KiB as JSON")
        }
        guard faults.reasons.isEmpty, let name, let isEnabled, let interval else {
            return .malformed(MalformedJob(id: idText(), reasons: faults.reasons, managerID: managerID))
        }
        let job = Job(
            name: name, isEnabled: isEnabled, schedule: interval > .zero ? .every(interval) : .once,
            nextRunAt: nextRunAt, runExecutionTimeout: executionTimeout, runStartTimeout: startTimeout,
            heartbeatTimeout: heartbeatTimeout, maxQueueCount: maxQueueCount,
            allowsConcurrentRuns: allowsConcurrentRuns, payload: payload)
        return .valid(
            OwnedJob(
                job: job, managerID: managerID, lockEpoch: lockEpoch,
                wasTakenFromDeadOwner: atLock ? isTakenMark : wasTakenFromDeadOwner))
    }

    private mutating func jobName() -> JobName? {
        guard case .string(let text) = id else {
            faults.add("_id", found: id?.summary ?? "nothing", expected: "a string")
            return nil
        }
        do {
            return try JobName(text)
        } catch {
            faults.add("_id: the name \(error.reason)")
            return nil
        }
    }

    private func idText() -> String {
        switch id {
        case .string(let text): LogText.escaped(text)
        case .objectID(let id): id.hex
        case let value?: value.summary
        case nil: "nothing"
        }
    }
}
