// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Admits new jobs to their first lock: cuts off from them what earlier jobs of their names have left.
///
/// A job is new as long as its document has the mark `creation`, one of its own, which the lock removes. So whatever was
/// made under a lock of the name is of an earlier job. Several may admit one job at a time, and a crash in the middle is
/// made good by the next: each step is guarded by the mark, or can be repeated.
struct JobAdmission {
    /// How many names that were used before are seen to in one call, so that the other jobs need not wait for long.
    private static let mostUsedNames = 50

    private let client: MongoClient

    init(_ client: MongoClient) {
        self.client = client
    }

    /// The marks of those of `names`, some hundreds at most, that are new and may be locked now.
    ///
    /// Of some only a part is done; they are to be asked for again.
    func admit(_ names: ArraySlice<JobName>) throws(StoreError) -> [Identifier] {
        let new = try creations(of: names)
        guard !new.isEmpty else { return [] }
        let used = Set(
            try client.aggregate(Self.usedNames(among: new.keys), in: CollectionName.deletions, decode: Self.id))
        var admitted = new.filter { !used.contains($0.key) }.map(\.value)
        for name in used.sorted().prefix(Self.mostUsedNames) {
            if let creation = new[name], try cutOff(name, creation) { admitted.append(creation) }
        }
        return admitted
    }

    /// Marks the runs of former jobs of the name, after giving the new one an epoch later than any of theirs: so what their
    /// owners may still do changes nothing, and the tombstone can tell the two apart.
    ///
    /// Gives whether all are marked.
    private func cutOff(_ name: JobName, _ creation: Identifier) throws(StoreError) -> Bool {
        let key: BSONFields = ["_id": .string(name.text), "creation": .objectID(creation)]
        let deletion = try client.find(in: CollectionName.deletions, ["_id": .string(name.text)], limit: 1) {
            DeletionDocument.decode($0)
        }.first
        /// Gives whether the job still has its mark.
        func raiseEpoch(over epoch: Int64) throws(StoreError) -> Bool {
            let last = min(max(epoch, deletion?.lockEpoch ?? 0), DocumentFaults.largestCounter - 1)
            let change: BSONFields = ["$max": ["lockEpoch": .int64(last + 1)]]
            let report = try client.updateOne(in: CollectionName.jobs, key, change)
            return report.matched == 1
        }
        var retirement = RunRetirement(beforeFirstLockOf: name, deletion)
        // What was found before this update is of a former job if the new one still has its mark. The epoch is written
        // first: whoever goes on after a crash no longer finds the runs that it comes from.
        guard try retirement.step(client, while: { epoch throws(StoreError) in try raiseEpoch(over: epoch) }) else {
            return false
        }
        return try raiseEpoch(over: 0)
    }

    /// The marks of those that are new.
    private func creations(of names: ArraySlice<JobName>) throws(StoreError) -> [JobName: Identifier] {
        let found = try client.find(
            in: CollectionName.jobs, ["_id": Guards.isOneOf(names), "creation": ["$type": "objectId"]],
            options: ["projection": ["_id": 1, "creation": 1]]
        ) { reader -> (JobName, Identifier)? in
            guard let name = Self.id(reader), reader.next(), case .objectID(let creation) = reader.value() else {
                return nil
            }
            return (name, creation)
        }
        return Dictionary(found) { first, _ in first }
    }

    /// Asks `deletions` and `runs` which names have a tombstone or runs; tests have it explained.
    ///
    /// The server looks at one entry of the index for each name, however many runs it has (`DISTINCT_SCAN`).
    static func usedNames(among names: some Sequence<JobName>) -> [BSONFields] {
        let isOne = Guards.isOneOf(names)
        return [
            ["$match": ["_id": isOne]],
            [
                "$unionWith": [
                    "coll": .string(CollectionName.runs),
                    "pipeline": [["$match": ["jobName": isOne]], ["$group": ["_id": "$jobName"]]],
                ]
            ],
        ]
    }

    /// The name in `_id`, which MongoDB keeps the first field (manual, "Documents").
    private static func id(_ reader: borrowing BSONReader) -> JobName? {
        guard reader.next(), case .string(let text) = reader.value() else { return nil }
        return try? JobName(text)
    }
}
