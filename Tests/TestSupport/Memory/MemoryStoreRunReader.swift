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
