// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import CMongoC
import Shared

extension BSONReader {
    /// A number that JSON can write, or its name.
    static func json(_ value: Double) -> JSONValue {
        if value.isNaN { return .string("NaN") }
        if value.isInfinite { return .string(value < 0 ? "-Infinity" : "Infinity") }
        return .double(value)
    }

    /// RFC 3339, or milliseconds where the year has not four digits.
    static func json(_ date: Timestamp) -> JSONValue {
        (Timestamp.earliest...Timestamp.latest).contains(date)
            ? .string(date.rfc3339) : .int(date.millisecondsSinceEpoch)
    }

    /// The nearest number that JSON can write; digits beyond a double's are lost.
    static func json(decimal text: String) -> JSONValue {
        if let whole = Int64(text) { return .int(whole) }
        if let value = Double(text), value.isFinite { return .double(value) }
        return .string(text)
    }

    /// RFC 4648, section 4.
    static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var text: [UInt8] = []
        text.reserveCapacity((bytes.count + 2) / 3 * 4)
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for index in 0..<4 {
                let isPadding = index > group.count
                text.append(isPadding ? UInt8(ascii: "=") : alphabet[Int(bits >> UInt32(18 - 6 * index) & 0x3f)])
            }
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// The name of a type as in the MongoDB manual, "BSON Types".
    static func name(of type: bson_type_t) -> String {
        switch type {
        case BSON_TYPE_BINARY: "binData"
        case BSON_TYPE_UNDEFINED: "undefined"
        case BSON_TYPE_REGEX: "regex"
        case BSON_TYPE_DBPOINTER: "dbPointer"
        case BSON_TYPE_CODE, BSON_TYPE_CODEWSCOPE: "javascript"
        case BSON_TYPE_SYMBOL: "symbol"
        case BSON_TYPE_TIMESTAMP: "timestamp"
        case BSON_TYPE_DECIMAL128: "decimal"
        case BSON_TYPE_MINKEY: "minKey"
        case BSON_TYPE_MAXKEY: "maxKey"
        default: "number \(type.rawValue)"
        }
    }
}
