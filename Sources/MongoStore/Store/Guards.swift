// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Conditions that guard updates, in the form in which they use an index.
enum Guards {
    /// The values of `managerId` that mean "nobody": absent, null, or the zero id of the Go program.
    static let unlocked: BSONValue = ["$in": [.null, .objectID(.zero)]]
    static let absent: BSONValue = ["$exists": false]
    /// No date that means one: absent, null, or the year 1 of the Go program.
    static let noDate: BSONValue = ["$not": ["$gte": .date(.earliest)]]

    /// Holds while the server's clock is before that moment.
    static func now(before moment: Timestamp) -> BSONValue { ["$lt": ["$$NOW", .date(moment)]] }

    /// Equal to `value`, where an absent field stands for `missing`.
    static func equal(_ value: Int64, missing: Int64) -> BSONValue {
        value == missing ? ["$in": [.int64(value), .null]] : .int64(value)
    }

    /// No counter as `DocumentFaults` reads one, and not absent either.
    static func isBrokenCounter(_ field: String) -> BSONFields {
        let value = BSONValue.string("$\(field)")
        let isInRange: BSONValue = [
            "$and": [
                ["$gte": [value, 0]], ["$lte": [value, .int64(DocumentFaults.largestCounter)]],
                ["$eq": [value, ["$trunc": value]]],
            ]
        ]
        let isCounter: BSONValue = [
            "$cond": [["$in": [["$type": value], ["int", "long", "double"]]], isInRange, false]
        ]
        return [field: ["$ne": .null], "$expr": ["$not": [isCounter]]]
    }

    static func isOneOf(_ names: some Sequence<JobName>) -> BSONValue {
        ["$in": .array(names.map { .string($0.text) })]
    }

    static func isOneOf(_ ids: some Sequence<RunID>) -> BSONValue {
        ["$in": .array(ids.map { .objectID($0.value) })]
    }

    static func isOneOf(_ statuses: some Sequence<RunStatus>) -> BSONValue {
        ["$in": .array(statuses.map { .string($0.rawValue) })]
    }
}

extension Array {
    /// Consecutive parts of at most `size` elements: lists in filters are kept to some hundreds.
    func chunks(of size: Int) -> [ArraySlice<Element>] {
        stride(from: 0, to: count, by: size).map { self[$0..<Swift.min($0 + size, count)] }
    }
}
