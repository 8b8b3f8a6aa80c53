// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Reads the fields of one document strictly and gathers what is wrong with them.
struct DocumentFaults {
    /// A hundred years in milliseconds: the longest span a job may have.
    static let longestSpan: Int64 = 3_153_600_000_000
    /// The largest `maxQueueCount`.
    static let largestCount: Int64 = 1_000_000_000

    /// One reason per faulty field.
    private(set) var reasons: [String] = []

    mutating func add(_ field: String, found value: BSONValue, expected: String) {
        add(field, found: value.summary, expected: expected)
    }

    mutating func add(_ field: String, found: String, expected: String) {
        reasons.append("\(field): found \(found), expected \(expected)")
    }

    mutating func add(_ reason: String) {
        reasons.append(reason)
    }

    mutating func bool(_ value: BSONValue, _ field: String) -> Bool? {
        guard case .bool(let value) = value else {
            add(field, found: value, expected: "true or false")
            return nil
        }
        return value
    }

    mutating func string(_ value: BSONValue, _ field: String) -> String? {
        if case .null = value { return nil }
        guard case .string(let value) = value else {
            add(field, found: value, expected: "a string")
            return nil
        }
        return value
    }

    mutating func wholeNumber(_ value: BSONValue, _ field: String, _ range: ClosedRange<Int64>) -> Int64? {
        guard let number = value.wholeNumber, range.contains(number) else {
            let upper = range.upperBound == .max ? "" : " to \(range.upperBound)"
            add(field, found: value, expected: "a whole number from \(range.lowerBound)\(upper)")
            return nil
        }
        return number
    }

    mutating func span(_ value: BSONValue, _ field: String) -> Duration? {
        wholeNumber(value, field, 0...Self.longestSpan).map { .milliseconds($0) }
    }

    /// `nil` also for null and for the year 1 of the Go program, without a fault.
    mutating func date(_ value: BSONValue, _ field: String) -> Timestamp? {
        if case .null = value { return nil }
        guard case .date(let date) = value, date <= .latest else {
            add(field, found: value, expected: "a date before the year 10000")
            return nil
        }
        return date < .earliest ? nil : date
    }

    /// `nil` also for null and for the zero id, without a fault.
    mutating func manager(_ value: BSONValue, _ field: String) -> ManagerID? {
        if case .null = value { return nil }
        guard case .objectID(let id) = value else {
            add(field, found: value, expected: "an ObjectId")
            return nil
        }
        return id == .zero ? nil : ManagerID(id)
    }
}
