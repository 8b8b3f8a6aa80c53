// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Cuts the runs of a deleted job off from a new job of the same name.
///
/// A run that is not ended gets `retired`, so that it does not count against the new job; one that holds a slot loses its
/// `trigger` as well, which takes it out of the unique index. Without a `trigger`, a run with a `scheduledTime` reads as
/// one of the schedule: nothing is lost to a reader.
struct RunRetirement {
    private static let chunkSize = 1_000
    private static let maximumChunks = 20

    private let jobName: JobName
    private let condition: BSONFields
    private var highestEpoch: Int64 = 0

    /// The runs that are the deleted job's, by the rules of ``Deletion``.
    init(_ deletion: Deletion) {
        jobName = deletion.jobName
        condition = ["$or": .array(Self.conditions(of: deletion))]
    }

    /// The runs that are a former job's, while nobody has locked the new job of the name: those with the epoch of an owner,
    /// and what the tombstone says, if there is one.
    ///
    /// With a tombstone, the time tells which runs were asked for by hand: one that was asked for since then may have come
    /// into the hands of an owner who has yet to notice the deletion.
    init(beforeFirstLockOf name: JobName, _ deletion: Deletion?) {
        jobName = name
        var owned: BSONFields = ["lockEpoch": ["$gte": 1]]
        if deletion != nil { owned.append("trigger", ["$ne": .string(RunTrigger.manual.rawValue)]) }
        condition = ["$or": .array([.document(owned)] + (deletion.map { Self.conditions(of: $0) } ?? []))]
    }

    /// Marks them, some tens of thousands at most; gives whether all are marked.
    ///
    /// `isValid` is asked each time between finding some and marking them, with the highest lock epoch among those found so
    /// far; its "no" is the end.
    mutating func step(
        _ client: MongoClient, while isValid: (Int64) throws(StoreError) -> Bool = { _ in true }
    ) throws(StoreError) -> Bool {
        for _ in 0..<Self.maximumChunks {
            var active = condition
            active.append("jobName", .string(jobName.text))
            active.append("status", Guards.isOneOf(RunStatus.active))
            active.append("retired", ["$ne": true])
            var slots = condition
            slots.append("jobName", .string(jobName.text))
            slots.append("trigger", .string(RunTrigger.schedule.rawValue))
            slots.append("scheduledTime", ["$gte": .date(.earliest)])
            let marked = try mark(active, client, while: isValid) + mark(slots, client, while: isValid)
            if marked == 0 { return true }
        }
        return false
    }

    /// By what a deleted job's runs are known: any of these.
    private static func conditions(of deletion: Deletion) -> [BSONValue] {
        var conditions: [BSONValue] = [["createdTime": .null], ["createdTime": ["$lte": .date(deletion.deletedAt)]]]
        if deletion.lockEpoch > 0 {
            conditions.append(["trigger": "schedule", "lockEpoch": ["$gte": 1, "$lte": .int64(deletion.lockEpoch)]])
        }
        return conditions
    }

    private mutating func mark(
        _ filter: BSONFields, _ client: MongoClient, while isValid: (Int64) throws(StoreError) -> Bool
    ) throws(StoreError) -> Int {
        let found = try client.find(
            in: CollectionName.runs, filter, options: ["projection": ["_id": 1, "lockEpoch": 1]],
            limit: Self.chunkSize
        ) { Self.position($0) }
        guard !found.isEmpty else { return 0 }
        highestEpoch = max(highestEpoch, found.map(\.epoch).max() ?? 0)
        guard try isValid(highestEpoch) else { return 0 }
        let ids: BSONFields = ["_id": Guards.isOneOf(found.map(\.id))]
        let change: BSONFields = ["$set": ["retired": true], "$unset": ["trigger": 1]]
        try client.updateMany(in: CollectionName.runs, ids, change)
        return found.count
    }

    private static func position(_ reader: borrowing BSONReader) -> (id: RunID, epoch: Int64)? {
        var id: Identifier?
        var epoch: Int64 = 0
        while reader.next() {
            switch (reader.name, reader.value()) {
            case ("_id", .objectID(let value)): id = value
            case ("lockEpoch", let value): epoch = value.wholeNumber ?? 0
            default: break
            }
        }
        return id.map { (RunID($0), epoch) }
    }
}
