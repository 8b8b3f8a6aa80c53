// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Reads run documents of other programs for ``MemoryStore``, by the rules of docs/database.md.
enum MemoryStoreRunReader {
    static func run(_ document: RawDocument) -> Run? {
        guard case .objectID(let id) = document["_id"], case .string(let nameText) = document["jobName"],
            let name = try? JobName(nameText), case .string(let statusText) = document["status"],
            let status = RunStatus(rawValue: statusText), let attempt = counter(document["attempt"], else: 1),
            (1...1_000_000_000).contains(attempt), let revision = counter(document["revision"], else: 0),
            isDateOrNone(document["publishedAt"]), isDateOrNone(document["retryAt"])
        else { return nil }
        func date(_ field: String) -> Timestamp? {
            guard case .date(let date) = document[field], date >= .earliest else { return nil }
            return date
        }
        let made = Timestamp(millisecondsSinceEpoch: Int64(id.high >> 32) * 1000)
        let scheduledTime = date("scheduledTime")
        var trigger: RunTrigger = scheduledTime == nil ? .manual : .schedule
        if case .string(let text) = document["trigger"] { trigger = RunTrigger(rawValue: text) ?? trigger }
        var run = Run(
            id: RunID(id), jobName: name, createdTime: date("createdTime") ?? made, scheduledTime: scheduledTime,
            trigger: trigger, isWaiting: document["waiting"] == .bool(true), deadline: date("deadline"),
            lockEpoch: counter(document["lockEpoch"], else: 0) ?? 0)
        run.status = status
        run.startTime = date("startTime")
        run.endTime = date("endTime")
        run.heartbeat = date("heartbeat")
        run.publishedAt = date("publishedAt")
        run.cancelledAt = date("cancelledAt")
        run.retryAt = date("retryAt")
        run.isRetired = document["retired"] == .bool(true)
        run.attempts = attempts(document["attempts"])
        run.payload = json(document["payload"])
        run.result = json(document["result"])
        run.progress = fraction(document["progress"])
        run.error = error(document["error"])
        if case .array(let notes) = document["notes"] {
            run.note(notes.compactMap { if case .string(let text) = $0 { text } else { nil } })
        }
        run.attempt = Int(attempt)
        run.revision = revision
        return run
    }

    private static func counter(_ value: RawValue?, else missing: Int64) -> Int64? {
        guard let value, value != .null else { return missing }
        return MemoryStoreInternals.isCounter(value) ? value.wholeNumber : nil
    }

    private static func isDateOrNone(_ value: RawValue?) -> Bool {
        switch value {
        case nil, .null, .date: true
        default: false
        }
    }

    private static func json(_ value: RawValue?) -> JSONValue? {
        value.flatMap { $0 == .null ? nil : $0.json }
    }

    private static func fraction(_ value: RawValue?) -> Double? {
        let number: Double? =
            if case .double(let number)? = value { number } else { value?.wholeNumber.map { Double($0) } }
        return number.flatMap { (0...1).contains($0) ? $0 : nil }
    }

    private static func error(_ value: RawValue?) -> String? {
        switch value {
        case nil, .null: return nil
        case .string(let text): return text
        case let value?:
            var writer = JSONWriter()
            writer.write(value.json)
            return String(decoding: writer.bytes, as: UTF8.self)
        }
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
            return RunAttempt(
                attempt: Int(attempt), startTime: start, endTime: end, status: status, error: error(fields["error"]))
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
