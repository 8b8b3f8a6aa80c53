// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension RunAttempt {
    /// Reads the field `attempts`; rows that cannot be understood are left out: nothing is decided by them.
    static func rows(_ value: BSONValue) -> [RunAttempt] {
        guard case .array(let rows) = value else { return [] }
        return rows.compactMap { row in
            guard case .document(let fields) = row, let attempt = fields["attempt"]?.wholeNumber,
                case .string(let text) = fields["status"], let status = Outcome(rawValue: text),
                case .date(let end) = fields["endTime"]
            else { return nil }
            var start: Timestamp?
            if case .date(let time) = fields["startTime"] { start = time }
            var error: String?
            if case .string(let text) = fields["error"] { error = text }
            return RunAttempt(
                attempt: Int(clamping: attempt), startTime: start, endTime: end, status: status, error: error)
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
                return .document(fields)
            })
    }
}
