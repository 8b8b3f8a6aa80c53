// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

extension BSONValue {
    /// As the `error` of a run: a text as it is, null as none, anything else as JSON text.
    var errorText: String? {
        let text: String
        switch self {
        case .null: return nil
        case .string(let value): text = value
        default:
            var writer = JSONWriter()
            writer.write(plainJSON)
            text = String(decoding: writer.bytes, as: UTF8.self)
        }
        return text.cut(to: WorkerMessage.maximumErrorLength)
    }

    /// The texts of an array; nothing of anything else.
    var texts: [String] {
        guard case .array(let values) = self else { return [] }
        return values.compactMap { value in
            if case .string(let text) = value { text.cut(to: 256) } else { nil }
        }
    }

    /// As JSON; types that JSON does not have become texts.
    private var plainJSON: JSONValue {
        switch self {
        case .double(let value): BSONReader.json(value)
        case .string(let value): .string(value)
        case .document(let fields):
            .object(Dictionary(fields.elements.map { ($0.name, $0.value.plainJSON) }) { $1 })
        case .array(let values): .array(values.map(\.plainJSON))
        case .objectID(let id): .string(id.hex)
        case .bool(let value): .bool(value)
        case .date(let value): BSONReader.json(value)
        case .null: .null
        case .int32(let value): .int(Int64(value))
        case .int64(let value): .int(value)
        case .json(let value): value
        case .other(let name): .string(name)
        }
    }
}
