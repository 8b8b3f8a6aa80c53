// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// A value on its way into a statement; bound, never a part of its text.
enum SQLValue: Sendable {
    case null
    case int(Int64)
    case real(Double)
    case text(String)
    /// The bytes of a text.
    case utf8([UInt8])
    /// 12 bytes.
    case id(Identifier)
    /// Before all ids.
    case noBytes
}

/// What can be bound as one value.
protocol SQLConvertible: SendableMetatype {
    var sql: SQLValue { get }
}

extension Optional: SQLConvertible where Wrapped: SQLConvertible {
    var sql: SQLValue { self?.sql ?? .null }
}

extension Int64: SQLConvertible {
    var sql: SQLValue { .int(self) }
}

extension Int: SQLConvertible {
    var sql: SQLValue { .int(Int64(self)) }
}

extension Bool: SQLConvertible {
    var sql: SQLValue { .int(self ? 1 : 0) }
}

extension Double: SQLConvertible {
    var sql: SQLValue { .real(self) }
}

extension String: SQLConvertible {
    var sql: SQLValue { .text(self) }
}

extension Timestamp: SQLConvertible {
    var sql: SQLValue { .int(millisecondsSinceEpoch) }
}

extension Duration: SQLConvertible {
    /// In milliseconds.
    var sql: SQLValue { .int(milliseconds) }
}

extension JobName: SQLConvertible {
    var sql: SQLValue { .text(text) }
}

extension RunID: SQLConvertible {
    var sql: SQLValue { .id(value) }
}

extension ManagerID: SQLConvertible {
    var sql: SQLValue { .id(value) }
}

extension RunStatus: SQLConvertible {
    var sql: SQLValue { .text(rawValue) }
}

extension RunTrigger: SQLConvertible {
    var sql: SQLValue { .text(rawValue) }
}

extension JSONValue: SQLConvertible {
    /// As JSON text.
    var sql: SQLValue {
        var writer = JSONWriter()
        writer.write(self)
        return .utf8(writer.bytes)
    }

    /// A list for `json_each`, so that a statement is the same for lists of any length.
    static func list(_ names: some Sequence<JobName>) -> JSONValue { .array(names.map { .string($0.text) }) }
}
