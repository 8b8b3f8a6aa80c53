// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What the real server would never store, refused with the same words.
enum MemoryStoreRefusal {
    static func reason(of run: Run) -> String? {
        for value in [run.payload, run.result] {
            if let value, let reason = reason(of: value, depth: 1) { return reason }
        }
        return nil
    }

    private static func reason(of value: JSONValue, depth: Int) -> String? {
        switch value {
        case .null, .bool, .int, .double, .string: return nil
        case .array(let values):
            if depth > 100 { return "nested deeper than 100 levels" }
            return firstReason(in: values, depth: depth + 1)
        case .object(let fields):
            if depth > 100 { return "nested deeper than 100 levels" }
            if fields.keys.contains(where: { $0.utf8.contains(0) }) { return "an object key holds a NUL character" }
            return firstReason(in: fields.values, depth: depth + 1)
        }
    }

    private static func firstReason(in values: some Sequence<JSONValue>, depth: Int) -> String? {
        for value in values {
            if let reason = reason(of: value, depth: depth) { return reason }
        }
        return nil
    }
}
