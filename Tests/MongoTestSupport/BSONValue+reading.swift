// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import MongoStore

extension BSONValue {
    /// A number of any kind.
    package var number: Double? {
        switch self {
        case .double(let value): value
        case .int32(let value): Double(value)
        case .int64(let value): Double(value)
        default: nil
        }
    }

    /// A text.
    package var text: String? {
        if case .string(let value) = self { value } else { nil }
    }

    /// A document's fields.
    package var fields: BSONFields? {
        if case .document(let value) = self { value } else { nil }
    }

    /// An array's elements.
    package var elements: [BSONValue]? {
        if case .array(let value) = self { value } else { nil }
    }
}
