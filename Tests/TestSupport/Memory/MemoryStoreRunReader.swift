// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Reads run documents of other programs for ``MemoryStore``, by the rules of docs/database.md.
enum MemoryStoreRunReader {
    static func run(_ document: RawDocument) -> Run? {
        guard case .objectID(let id) = document["_id"], case .string(let nameText) = document["jobName"],
            let name = try? JobName(nameText), case .string(let statusText) = document["status"],
            let status = RunStatus(rawValue: statusText)
        else { return nil }
        func date(_ field: String) -> Timestamp? {
            guard case .date(let date) = document[field], date >= .earliest else { return nil }
            return date
        }
        let made = Timestamp(millisecondsSinceEpoch: Int64(id.high >> 32) * 1000)
        let scheduledTime = date("scheduledTime")
        var trigger: RunTrigger = scheduledTime == nil ? .manual : .schedule
        if case .string(let text) = document["trigger"] {
            guard let known = RunTrigger(rawValue: text) else { return nil }
            trigger = known
        }
        var run = Run(
            id: RunID(id), jobName: name, createdTime: date("createdTime") ?? made, scheduledTime: scheduledTime,
            trigger: trigger, isWaiting: document["waiting"] == .bool(true), deadline: date("deadline"))
        run.status = status
        run.startTime = date("startTime")
        run.endTime = date("endTime")
        run.heartbeat = date("heartbeat")
        run.publishedAt = date("publishedAt")
        run.cancelledAt = date("cancelledAt")
        run.retryAt = date("retryAt")
        run.isRetired = document["retired"] == .bool(true)
        run.attempts = attempts(document["attempts"])
        run.payload = document["payload"].map(\.json)
        run.result = document["result"].map(\.json)
        switch document["attempt"] {
        case nil: break
        case .int32(let value) where value >= 1: run.attempt = Int(value)
        case .int64(let value) where value >= 1: run.attempt = Int(value)
        default: return nil
        }
        return run
    }

    private static func attempts(_ value: RawValue?) -> [RunAttempt] {
        guard case .array(let rows) = value else { return [] }
        return rows.compactMap { row in
            guard case .document(let fields) = row, case .int32(let attempt) = fields["attempt"],
                case .string(let text) = fields["status"], let status = RunAttempt.Outcome(rawValue: text),
                case .date(let end) = fields["endTime"]
            else { return nil }
            var start: Timestamp?
            if case .date(let time) = fields["startTime"] { start = time }
            var error: String?
            if case .string(let text) = fields["error"] { error = text }
            return RunAttempt(attempt: Int(attempt), startTime: start, endTime: end, status: status, error: error)
        }
    }
}

extension RawValue {
    /// As a payload is read: types that JSON does not have become texts.
    var json: JSONValue {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .int32(let value): .int(Int64(value))
        case .int64(let value): .int(value)
        case .double(let value):
            value.isNaN
                ? .string("NaN") : value.isInfinite ? .string(value < 0 ? "-Infinity" : "Infinity") : .double(value)
        case .string(let value): .string(value)
        case .date(let value): .string(value.rfc3339)
        case .objectID(let value): .string(value.hex)
        case .array(let values): .array(values.map(\.json))
        case .document(let fields): .object(fields.mapValues(\.json))
        }
    }
}
