// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension RunAttempt {
    /// Reads the field `attempts`; rows that cannot be understood are left out: nothing is decided by them.
    static func rows(_ value: BSONValue) -> [RunAttempt] {
        guard case .array(let rows) = value else { return [] }
        var faults = DocumentFaults()
        return rows.suffix(kept).compactMap { row in
            guard case .document(let fields) = row, let attempt = fields["attempt"]?.wholeNumber, attempt >= 1,
                case .string(let text) = fields["status"], let status = Outcome(rawValue: text),
                let end = faults.date(fields["endTime"] ?? .null, "endTime")
            else { return nil }
            let start = faults.date(fields["startTime"] ?? .null, "startTime")
            let error = fields["error"]?.errorText
            return RunAttempt(
                attempt: Int(clamping: attempt), startTime: start, endTime: end, status: status, error: error,
                http: fields["http"].flatMap { HTTPAttempt($0) })
        }
    }
}

extension HTTPAttempt {
    /// Reads the field `http` of an attempt, or `accepted` of a run; `nil` when it is no document.
    init?(_ value: BSONValue) {
        guard case .document(let seen) = value else { return nil }
        self.init { name in
            switch seen[name] {
            case .double(let value): .double(value)
            case .string(let text): .string(text)
            case let value?: value.wholeNumber.map { .int($0) }
            case nil: nil
            }
        }
    }
}

extension BSONValue {
    /// As the field `attempts` is written.
    static func rows(_ attempts: [RunAttempt]) -> BSONValue {
        .array(
            attempts.map { row in
                var fields: BSONFields = ["attempt": .int32(Int32(clamping: row.attempt))]
                fields.append("startTime", ifPresent: row.startTime.map { .date($0) })
                fields.append("endTime", .date(row.endTime))
                fields.append("status", .string(row.status.rawValue))
                fields.append("error", ifPresent: row.error.map { .string($0) })
                fields.append("http", ifPresent: row.http.map { .json($0.json) })
                return .document(fields)
            })
    }
}
