// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

/// A value of a document, of the types that this module reads or writes by name.
package indirect enum BSONValue: Hashable, Sendable {
    /// A 64-bit floating-point number.
    case double(Double)
    /// A text.
    case string(String)
    /// A document.
    case document(BSONFields)
    /// An array.
    case array([BSONValue])
    /// An ObjectId.
    case objectID(Identifier)
    /// A truth value.
    case bool(Bool)
    /// A date.
    case date(Timestamp)
    /// Null.
    case null
    /// A 32-bit integer.
    case int32(Int32)
    /// A 64-bit integer.
    case int64(Int64)
    /// Written as it is, without a meaning for `$oid` and the like; never read.
    case json(JSONValue)
    /// Read only: a type without a use here, by its name in the MongoDB manual.
    case other(String)

    /// What it is, for a report to an operator; shows numbers and truth values, never a text or a document.
    var summary: String {
        switch self {
        case .double(let value): value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value)).0" : "\(value)"
        case .string: "a string"
        case .document: "a document"
        case .array: "an array"
        case .objectID: "an ObjectId"
        case .bool(let value): "\(value)"
        case .date: "a date"
        case .null: "null"
        case .int32(let value): "\(value)"
        case .int64(let value): "\(value)"
        case .json: "JSON"
        case .other(let name): "a value of type \(name)"
        }
    }

    /// The number as an integer when it is one: int32, int64, or a double without a fraction that fits.
    package var wholeNumber: Int64? {
        switch self {
        case .int32(let value): Int64(value)
        case .int64(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }
}

extension BSONValue: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral, ExpressibleByStringLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral
{
    /// A document.
    package init(dictionaryLiteral elements: (String, BSONValue)...) {
        self = .document(BSONFields(elements))
    }

    /// An array.
    package init(arrayLiteral elements: BSONValue...) {
        self = .array(elements)
    }

    /// A text.
    package init(stringLiteral value: String) {
        self = .string(value)
    }

    /// A truth value.
    package init(booleanLiteral value: Bool) {
        self = .bool(value)
    }

    /// Whole numbers in source text become int32, as in filters and options.
    package init(integerLiteral value: Int32) {
        self = .int32(value)
    }
}
