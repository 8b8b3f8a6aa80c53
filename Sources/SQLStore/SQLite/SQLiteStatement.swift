// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CSQLite
import Shared

/// A prepared statement, kept for the next call; while it is stepped through, the row that it stands on.
///
/// Belongs to its connection's thread. The columns of a row count from 0; what is read is a copy.
@safe final class SQLiteStatement {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        unsafe self.pointer = pointer
    }

    deinit {
        unsafe sqlite3_finalize(pointer)
    }

    /// Binds all parameters, the first is the statement's first; gives SQLite's code.
    func bind(_ values: [SQLValue]) -> Int32 {
        var index: Int32 = 0
        for value in values {
            index += 1
            let code = bind(index, value)
            if code != SQLITE_OK { return code }
        }
        return SQLITE_OK
    }

    private func bind(_ index: Int32, _ value: SQLValue) -> Int32 {
        switch value {
        case .null: unsafe sqlite3_bind_null(pointer, index)
        case .int(let value): unsafe sqlite3_bind_int64(pointer, index, value)
        case .real(let value): unsafe sqlite3_bind_double(pointer, index, value)
        case .text(var text):
            text.withUTF8 { bytes in
                unsafe simple_scheduler_bind_text(pointer, index, bytes.baseAddress, Int32(bytes.count))
            }
        case .utf8(let bytes):
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe simple_scheduler_bind_text(pointer, index, bytes.baseAddress, Int32(bytes.count))
            }
        case .id(let id):
            unsafe withUnsafeBytes(of: (id.high.bigEndian, id.low.bigEndian)) { bytes in
                unsafe simple_scheduler_bind_blob(pointer, index, bytes.baseAddress, 12)
            }
        case .noBytes: unsafe sqlite3_bind_zeroblob(pointer, index, 0)
        }
    }

    /// Goes to the next row; gives SQLite's code.
    func step() -> Int32 { unsafe sqlite3_step(pointer) }

    /// Ends the stepping and forgets the parameters.
    func reset() {
        unsafe sqlite3_reset(pointer)
        unsafe sqlite3_clear_bindings(pointer)
    }

    func isNull(_ column: Int32) -> Bool { unsafe sqlite3_column_type(pointer, column) == SQLITE_NULL }

    /// 0 for NULL.
    func int(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(pointer, column) }

    func bool(_ column: Int32) -> Bool { int(column) != 0 }

    func double(_ column: Int32) -> Double? {
        isNull(column) ? nil : unsafe sqlite3_column_double(pointer, column)
    }

    func time(_ column: Int32) -> Timestamp? {
        isNull(column) ? nil : Timestamp(millisecondsSinceEpoch: int(column))
    }

    /// Empty for NULL.
    func text(_ column: Int32) -> String {
        unsafe withBytes(column) { unsafe String(decoding: $0, as: UTF8.self) }
    }

    /// The bytes of a text; `nil` for NULL.
    func bytes(_ column: Int32) -> [UInt8]? {
        isNull(column) ? nil : unsafe withBytes(column) { unsafe Array($0) }
    }

    /// How many bytes a text has.
    func byteCount(_ column: Int32) -> Int { Int(unsafe sqlite3_column_bytes(pointer, column)) }

    /// How many bytes the texts of the row have.
    var byteCount: Int {
        let count = unsafe sqlite3_column_count(pointer)
        return (0..<count).reduce(0) { sum, column in
            let isText = unsafe sqlite3_column_type(pointer, column) == SQLITE_TEXT
            return isText ? sum + byteCount(column) : sum
        }
    }

    /// A hash of the bytes of two texts, for this process only.
    func hash(_ first: Int32, _ second: Int32) -> Int {
        var hasher = Hasher()
        for column in [first, second] { unsafe withBytes(column) { unsafe hasher.combine(bytes: $0) } }
        return hasher.finalize()
    }

    /// `nil` for anything but 12 bytes.
    func id(_ column: Int32) -> Identifier? {
        unsafe withBytes(column) { bytes in
            guard bytes.count == 12 else { return nil }
            return unsafe Identifier(
                high: UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                low: UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self)))
        }
    }

    /// The bytes live until the next step.
    private func withBytes<Value>(_ column: Int32, _ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        // In this order (sqlite.org/c3ref/column_blob.html): the first call may convert.
        let start = unsafe sqlite3_column_blob(pointer, column)
        let count = Int(unsafe sqlite3_column_bytes(pointer, column))
        return unsafe body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }
}
