// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// What is ours in a job document, and can be broken (docs/database.md).
enum MemoryStoreInternals {
    /// Whether it can count something: a whole number, small enough to be counted on.
    static func isCounter(_ value: RawValue) -> Bool {
        value.wholeNumber.map { (0..<1 << 53).contains($0) } ?? false
    }

    /// The faults that keep a job from being locked.
    static func faults(_ document: RawDocument) -> [FieldFault] {
        ["managerId", "lockEpoch", "creation"].filter { field in
            switch (field, document[field]) {
            case (_, nil), (_, .null): false
            case ("lockEpoch", let value?): !isCounter(value)
            case (_, .objectID): false
            default: true
            }
        }.map { FieldFault($0, "broken") }
    }
}

extension RawValue {
    /// The number as an integer when it is one.
    var wholeNumber: Int64? {
        switch self {
        case .int32(let value): Int64(value)
        case .int64(let value): value
        case .double(let value): Int64(exactly: value)
        default: nil
        }
    }
}
