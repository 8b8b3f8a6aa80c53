// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Slots without a run, as a job's document keeps them: counted by reason, and the last rows.
enum SkipRecord {
    private static let keptRows: Int32 = 100

    /// Adds rows to an update and what it sets; `anew` begins the record with these, where there is something else in
    /// its place.
    static func add(_ skips: [SlotSkip], anew: Bool, to update: inout BSONFields, _ set: inout BSONFields) {
        guard !skips.isEmpty else { return }
        var counts: [SkipReason: Int64] = [:]
        for skip in skips { counts[skip.reason, default: 0] += skip.count }
        let rows = BSONValue.array(skips.suffix(Int(keptRows)).map(row))
        if anew {
            set.append("skipped", .document(BSONFields(counts.map { ($0.key.rawValue, .int64($0.value)) })))
            set.append("skips", rows)
        } else {
            update.append(
                "$inc", .document(BSONFields(counts.map { ("skipped.\($0.key.rawValue)", .int64($0.value)) })))
            update.append("$push", ["skips": ["$each": rows, "$slice": .int32(-keptRows)]])
        }
    }

    /// The whole record of a job that comes with one.
    static func append(_ skips: [SlotSkip], counts: [SkipReason: Int64], to document: inout BSONFields) {
        if !counts.isEmpty {
            let counts = counts.sorted { $0.key.rawValue < $1.key.rawValue }.map { ($0.key.rawValue, $0.value) }
            document.append("skipped", .document(BSONFields(counts.map { ($0.0, .int64($0.1)) })))
        }
        if !skips.isEmpty { document.append("skips", .array(skips.suffix(Int(keptRows)).map(row))) }
    }

    private static func row(_ skip: SlotSkip) -> BSONValue {
        [
            "reason": .string(skip.reason.rawValue), "firstSlot": .date(skip.firstSlot),
            "lastSlot": .date(skip.lastSlot), "count": .int64(skip.count), "decidedAt": .date(skip.decidedAt),
        ]
    }
}
