// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
import Shared

/// Walks over the elements of one document, once; owns its iterator but not the document.
///
/// Used only within the scope that lends the document (``MongoCursor``); everything it returns is a copy.
@safe
struct BSONReader: ~Copyable {
    private let scratch = CScratch.iterator()
    private let document: OpaquePointer?
    private let isReadable: Bool
    /// The size of the whole document; 0 for one inside another.
    let byteCount: Int

    /// The document must outlive the reader.
    init(_ document: OpaquePointer) {
        unsafe self.document = document
        unsafe isReadable = bson_iter_init(scratch.pointer, document)
        // A document starts with its length (BSON specification, version 1.1).
        let bytes = unsafe bson_get_data(document)
        unsafe byteCount =
            bytes.map { Int(unsafe UnsafeRawPointer($0).loadUnaligned(as: UInt32.self).littleEndian) } ?? 0
    }

    private init(childOf parent: OpaquePointer) {
        unsafe document = nil
        unsafe isReadable = bson_iter_recurse(parent, scratch.pointer)
        byteCount = 0
    }

    private var iterator: OpaquePointer { unsafe scratch.pointer }

    /// A hash of the whole document's bytes, for this process only; 0 for a part of a document.
    borrowing func documentHash() -> Int {
        guard let document = unsafe document, let bytes = unsafe bson_get_data(document) else { return 0 }
        // A document starts with its length (BSON specification, version 1.1).
        let length = Int(unsafe UnsafeRawPointer(bytes).loadUnaligned(as: UInt32.self).littleEndian)
        var hasher = Hasher()
        unsafe hasher.combine(bytes: UnsafeRawBufferPointer(start: bytes, count: length))
        return hasher.finalize()
    }

    /// Moves to the next element; `false` after the last.
    borrowing func next() -> Bool {
        isReadable && (unsafe bson_iter_next(iterator))
    }

    /// The name of the current element.
    var name: String { unsafe String(cString: bson_iter_key(iterator)) }

    /// The current element as a value.
    borrowing func value() -> BSONValue {
        switch unsafe bson_iter_type(iterator) {
        case BSON_TYPE_DOUBLE: .double(unsafe bson_iter_double(iterator))
        case BSON_TYPE_UTF8: .string(text())
        case BSON_TYPE_DOCUMENT: .document(child().fields())
        case BSON_TYPE_ARRAY: .array(child().fields().elements.map(\.value))
        case BSON_TYPE_OID: .objectID(objectID())
        case BSON_TYPE_BOOL: .bool(unsafe bson_iter_bool(iterator))
        case BSON_TYPE_DATE_TIME: .date(date())
        case BSON_TYPE_NULL, BSON_TYPE_UNDEFINED: .null
        case BSON_TYPE_INT32: .int32(unsafe bson_iter_int32(iterator))
        case BSON_TYPE_INT64: .int64(unsafe bson_iter_int64(iterator))
        case let type: .other(Self.name(of: type))
        }
    }

    /// The current element as the field of a job.
    borrowing func fieldValue() -> FieldValue {
        switch unsafe bson_iter_type(iterator) {
        case BSON_TYPE_DOUBLE: .json(.double(unsafe bson_iter_double(iterator)))
        case BSON_TYPE_DATE_TIME: .date(date())
        case BSON_TYPE_OID: .other("an ObjectId")
        case BSON_TYPE_UTF8, BSON_TYPE_DOCUMENT, BSON_TYPE_ARRAY, BSON_TYPE_BOOL, BSON_TYPE_NULL,
            BSON_TYPE_UNDEFINED, BSON_TYPE_INT32, BSON_TYPE_INT64:
            .json(json())
        case let type: .other("a value of type \(Self.name(of: type))")
        }
    }

    /// All elements that are left.
    borrowing func fields() -> BSONFields {
        var fields = BSONFields()
        while next() { fields.append(name, value()) }
        return fields
    }

    /// About how many bytes the current element's value takes in the document; 16 for scalars.
    borrowing func valueByteCount() -> Int {
        var length: UInt32 = 16
        var start: UnsafePointer<UInt8>?
        switch unsafe bson_iter_type(iterator) {
        case BSON_TYPE_UTF8: unsafe bson_iter_utf8(iterator, &length)
        case BSON_TYPE_DOCUMENT: unsafe bson_iter_document(iterator, &length, &start)
        case BSON_TYPE_ARRAY: unsafe bson_iter_array(iterator, &length, &start)
        default: break
        }
        return Int(length)
    }

    /// Reads the first element of the current one, an array of documents; `nil` when it is empty.
    borrowing func firstDocument<Result>(_ body: (borrowing BSONReader) -> Result) -> Result? {
        let array = child()
        guard array.next() else { return nil }
        return body(array.child())
    }

    /// The current element as JSON; types that JSON does not have become texts.
    borrowing func json() -> JSONValue {
        switch unsafe bson_iter_type(iterator) {
        case BSON_TYPE_DOUBLE: Self.json(unsafe bson_iter_double(iterator))
        case BSON_TYPE_UTF8: .string(text())
        case BSON_TYPE_DOCUMENT: .object(child().jsonObject())
        case BSON_TYPE_ARRAY: .array(child().jsonArray())
        case BSON_TYPE_OID: .string(objectID().hex)
        case BSON_TYPE_BOOL: .bool(unsafe bson_iter_bool(iterator))
        case BSON_TYPE_DATE_TIME: Self.json(date())
        case BSON_TYPE_INT32: .int(Int64(unsafe bson_iter_int32(iterator)))
        case BSON_TYPE_INT64: .int(unsafe bson_iter_int64(iterator))
        case BSON_TYPE_DECIMAL128: Self.json(decimal: decimalText())
        case BSON_TYPE_BINARY: .string(Self.base64(bytes()))
        case BSON_TYPE_CODE: .string(unsafe Self.copy(bson_iter_code(iterator, nil)))
        case BSON_TYPE_SYMBOL: .string(unsafe Self.copy(bson_iter_symbol(iterator, nil)))
        case BSON_TYPE_REGEX: .string(regexText())
        case BSON_TYPE_TIMESTAMP: .string(timestampText())
        case BSON_TYPE_NULL, BSON_TYPE_UNDEFINED: .null
        case let type: .string(Self.name(of: type))
        }
    }

    private borrowing func jsonObject() -> [String: JSONValue] {
        var object: [String: JSONValue] = [:]
        while next() { object[name] = json() }
        return object
    }

    private borrowing func jsonArray() -> [JSONValue] {
        var array: [JSONValue] = []
        while next() { array.append(json()) }
        return array
    }

    private borrowing func child() -> BSONReader {
        unsafe BSONReader(childOf: iterator)
    }

    private borrowing func text() -> String {
        var length: UInt32 = 0
        guard let start = unsafe bson_iter_utf8(iterator, &length) else { return "" }
        let bytes = unsafe UnsafeRawBufferPointer(start: start, count: Int(length))
        return unsafe String(decoding: bytes, as: UTF8.self)
    }

    private borrowing func objectID() -> Identifier {
        guard let raw = unsafe bson_iter_oid(iterator) else { return .zero }
        return Identifier(unsafe raw.pointee)
    }

    private borrowing func date() -> Timestamp {
        Timestamp(millisecondsSinceEpoch: unsafe bson_iter_date_time(iterator))
    }

    private borrowing func bytes() -> [UInt8] {
        var kind = BSON_SUBTYPE_BINARY
        var length: UInt32 = 0
        var start: UnsafePointer<UInt8>?
        unsafe bson_iter_binary(iterator, &kind, &length, &start)
        return unsafe Array(UnsafeBufferPointer(start: start, count: Int(length)))
    }

    private borrowing func decimalText() -> String {
        var value = bson_decimal128_t()
        guard unsafe bson_iter_decimal128(iterator, &value) else { return "" }
        return unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(BSON_DECIMAL128_STRING)) { buffer in
            guard let start = buffer.baseAddress else { return "" }
            unsafe bson_decimal128_to_string(&value, start)
            return unsafe String(cString: start)
        }
    }

    private borrowing func regexText() -> String {
        var options: UnsafePointer<CChar>?
        let pattern = unsafe Self.copy(bson_iter_regex(iterator, &options))
        return unsafe "/\(pattern)/\(Self.copy(options))"
    }

    private borrowing func timestampText() -> String {
        var seconds: UInt32 = 0
        var increment: UInt32 = 0
        unsafe bson_iter_timestamp(iterator, &seconds, &increment)
        return "\(seconds):\(increment)"
    }

    private static func copy(_ text: UnsafePointer<CChar>?) -> String {
        guard let text = unsafe text else { return "" }
        return unsafe String(cString: text)
    }
}
