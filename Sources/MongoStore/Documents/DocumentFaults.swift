// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Reads the fields of one document strictly and gathers what is wrong with them; a null is as if the field were not there.
struct DocumentFaults {
    /// The largest value of a counter of ours: the last to which one can be added even where somebody has made it a double.
    static let largestCounter: Int64 = (1 << 53) - 1

    /// One entry per faulty field.
    private(set) var faults: [FieldFault] = []

    /// The same as texts.
    var reasons: [String] { faults.map(\.description) }

    mutating func add(_ field: String, found value: BSONValue, expected: String) {
        add(field, found: value.summary, expected: expected)
    }

    mutating func add(_ field: String, found: String, expected: String) {
        add(field, "found \(found), expected \(expected)")
    }

    mutating func add(_ field: String, _ problem: String) {
        faults.append(FieldFault(field, problem))
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
        if case .null = value { return nil }
        guard let number = value.wholeNumber, range.contains(number) else {
            add(field, found: value, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
            return nil
        }
        return number
    }

    /// How often something was done; 0 when there is nothing.
    mutating func counter(_ value: BSONValue, _ field: String) -> Int64 {
        wholeNumber(value, field, 0...Self.largestCounter) ?? 0
    }

    mutating func fraction(_ value: BSONValue, _ field: String) -> Double? {
        if case .null = value { return nil }
        let number: Double? =
            if case .double(let number) = value { number } else { value.wholeNumber.map { Double($0) } }
        guard let number, (0...1).contains(number) else {
            add(field, found: value, expected: "a number from 0 to 1")
            return nil
        }
        return number
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
