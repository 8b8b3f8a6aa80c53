// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
import Shared

/// One encoded document; owns its `bson_t`.
@safe
struct BSONBuffer: ~Copyable {
    /// How deep JSON from outside may be nested.
    ///
    /// The server refuses a whole command at 200 levels (and a stored
    /// document at about 180), which would take innocent updates of the same batch down.
    static let maximumDepth = 100
    /// The size of a stored document that the server accepts (MongoDB manual, "Limits and Thresholds").
    static let maximumByteCount = 16 * 1024 * 1024

    private let pointer: OpaquePointer

    init(_ fields: BSONFields) throws(EncodingRefusal) {
        unsafe pointer = bson_new()
        for (name, value) in fields.elements {
            try unsafe Self.append(value, name, to: pointer)
        }
    }

    /// An array at the top level: the form in which the driver takes an update pipeline.
    init(pipeline stages: [BSONFields]) throws(EncodingRefusal) {
        unsafe pointer = bson_new()
        for (index, stage) in stages.enumerated() {
            try unsafe Self.append(.document(stage), String(index), to: pointer)
        }
    }

    /// Encodes what this module wrote itself; a refusal can only come from a text or list that is too long.
    static func encoded(_ fields: BSONFields) throws(StoreError) -> BSONBuffer {
        do { return try BSONBuffer(fields) } catch { throw StoreError(.rejected, error.reason) }
    }

    /// The same for a pipeline.
    static func encoded(pipeline stages: [BSONFields]) throws(StoreError) -> BSONBuffer {
        do { return try BSONBuffer(pipeline: stages) } catch { throw StoreError(.rejected, error.reason) }
    }

    deinit {
        unsafe bson_destroy(pointer)
    }

    /// The size of the encoded document.
    var byteCount: Int {
        // A document starts with its length (BSON specification, version 1.1).
        guard let bytes = unsafe bson_get_data(pointer) else { return 0 }
        return Int(unsafe UnsafeRawPointer(bytes).loadUnaligned(as: UInt32.self).littleEndian)
    }

    /// Lends the document; the pointer must not leave `body`.
    borrowing func withPointer<Result: ~Copyable, Failure: Error>(
        _ body: (OpaquePointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(pointer)
    }

    private static func append(
        _ value: BSONValue, _ name: String, to target: OpaquePointer
    ) throws(EncodingRefusal) {
        let length = Int32(name.utf8.count)
        let isAppended: Bool
        switch value {
        case .double(let value): unsafe isAppended = bson_append_double(target, name, length, value)
        case .string(let value):
            unsafe isAppended = bson_append_utf8(target, name, length, value, Int32(clamping: value.utf8.count))
        case .document(let fields):
            return try unsafe appendDocument(name, to: target) { child throws(EncodingRefusal) in
                for (name, value) in fields.elements { try unsafe append(value, name, to: child) }
            }
        case .array(let values):
            return try unsafe appendArray(name, to: target) { child throws(EncodingRefusal) in
                for (index, value) in values.enumerated() { try unsafe append(value, String(index), to: child) }
            }
        case .objectID(let id):
            var raw = bson_oid_t(id)
            unsafe isAppended = bson_append_oid(target, name, length, &raw)
        case .bool(let value): unsafe isAppended = bson_append_bool(target, name, length, value)
        case .date(let value):
            unsafe isAppended = bson_append_date_time(target, name, length, value.millisecondsSinceEpoch)
        case .null: unsafe isAppended = bson_append_null(target, name, length)
        case .int32(let value): unsafe isAppended = bson_append_int32(target, name, length, value)
        case .int64(let value): unsafe isAppended = bson_append_int64(target, name, length, value)
        case .json(let value): return try unsafe append(value, name, to: target, depth: 1)
        case .other: throw .unknownType
        }
        guard isAppended else { throw .tooLarge }
    }

    private static func append(
        _ value: JSONValue, _ name: String, to target: OpaquePointer, depth: Int
    ) throws(EncodingRefusal) {
        switch value {
        case .null: try unsafe append(.null, name, to: target)
        case .bool(let value): try unsafe append(.bool(value), name, to: target)
        case .int(let value): try unsafe append(.int64(value), name, to: target)
        case .double(let value): try unsafe append(.double(value), name, to: target)
        case .string(let value): try unsafe append(.string(value), name, to: target)
        case .array(let values):
            guard depth <= maximumDepth else { throw .tooDeep }
            try unsafe appendArray(name, to: target) { child throws(EncodingRefusal) in
                for (index, value) in values.enumerated() {
                    try unsafe append(value, String(index), to: child, depth: depth + 1)
                }
            }
        case .object(let fields):
            guard depth <= maximumDepth else { throw .tooDeep }
            try unsafe appendDocument(name, to: target) { child throws(EncodingRefusal) in
                for (name, value) in fields {
                    guard !name.utf8.contains(0) else { throw .nulInKey }
                    try unsafe append(value, name, to: child, depth: depth + 1)
                }
            }
        }
    }

    private static func appendDocument(
        _ name: String, to target: OpaquePointer,
        _ fill: (OpaquePointer) throws(EncodingRefusal) -> Void
    ) throws(EncodingRefusal) {
        let child = CScratch.document()
        guard unsafe bson_append_document_begin(target, name, Int32(name.utf8.count), child.pointer) else {
            throw .tooLarge
        }
        try unsafe fill(child.pointer)
        guard unsafe bson_append_document_end(target, child.pointer) else { throw .tooLarge }
    }

    private static func appendArray(
        _ name: String, to target: OpaquePointer,
        _ fill: (OpaquePointer) throws(EncodingRefusal) -> Void
    ) throws(EncodingRefusal) {
        let child = CScratch.document()
        guard unsafe bson_append_array_begin(target, name, Int32(name.utf8.count), child.pointer) else {
            throw .tooLarge
        }
        try unsafe fill(child.pointer)
        guard unsafe bson_append_array_end(target, child.pointer) else { throw .tooLarge }
    }
}

/// A value that no MongoDB server would store, found before it was sent; the reason names no content.
struct EncodingRefusal: Error {
    let reason: String

    static let nulInKey = EncodingRefusal(reason: "an object key holds a NUL character")
    static let tooDeep = EncodingRefusal(reason: "nested deeper than \(BSONBuffer.maximumDepth) levels")
    static let tooLarge = EncodingRefusal(reason: "larger than 16 MiB")
    static let unknownType = EncodingRefusal(reason: "holds a type that is not written here")
}
