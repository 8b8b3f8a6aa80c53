// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

/// The value of one field of a job, from a document of the database or from the body of a request.
package enum FieldValue: Sendable {
    /// What JSON can say.
    case json(JSONValue)
    /// A date of the database.
    case date(Timestamp)
    /// A type that no field of a job has, by its name for a report (`an ObjectId`).
    case other(String)

    /// What it is, for a report; shows numbers and truth values, never a text or an object.
    package var summary: String {
        switch self {
        case .json(.null): "null"
        case .json(.bool(let value)): "\(value)"
        case .json(.int(let value)): "\(value)"
        case .json(.double(let value)):
            value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value)).0" : "\(value)"
        case .json(.string): "a string"
        case .json(.array): "an array"
        case .json(.object): "an object"
        case .date: "a date"
        case .other(let name): name
        }
    }

    /// The number as an integer when it is one: an integer, or a number without a fraction that fits.
    package var wholeNumber: Int64? {
        switch self {
        case .json(.int(let value)): value
        case .json(.double(let value)): Int64(exactly: value)
        default: nil
        }
    }

    /// Whether it says that there is nothing.
    package var isNull: Bool {
        if case .json(.null) = self { true } else { false }
    }
}
