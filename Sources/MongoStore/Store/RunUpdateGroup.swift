// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

import Shared

/// Updates with the same guard and the same change, which the server carries out as one: a batch of reports changes
/// hundreds of runs in the same way, and most of the cost of an update is that of its statement.
struct RunUpdateGroup {
    /// What its updates have in common.
    struct Key: Hashable {
        private let status: RunStatus
        private let attempt: Int
        private let revision: Int64
        private let mustBeUnpublished: Bool
        private let set: BSONFields
        private let unset: BSONFields

        init(_ update: RunUpdate) {
            status = update.before.status
            attempt = update.before.attempt
            revision = update.before.revision
            mustBeUnpublished = update.mustBeUnpublished
            (set, unset) = RunDocument.difference(from: update.before, to: update.after)
        }

        fileprivate func filter(_ ids: BSONValue) -> BSONFields {
            var filter: BSONFields = [
                "_id": ids, "status": .string(status.rawValue), "attempt": Guards.equal(Int64(attempt), missing: 1),
                "revision": Guards.equal(revision, missing: 0),
            ]
            if mustBeUnpublished { filter.append("publishedAt", .null) }
            return filter
        }

        fileprivate var change: BSONFields {
            var set = set
            set.append("revision", .int64(revision + 1))
            var change: BSONFields = ["$set": .document(set)]
            if !unset.isEmpty { change.append("$unset", .document(unset)) }
            return change
        }
    }

    let key: Key
    /// The places of its updates in the list that was grouped.
    let members: [Int]

    /// Groups updates of different runs, each by its place in the list.
    static func grouping(_ updates: [RunUpdate], _ places: [Int]) -> [RunUpdateGroup] {
        Dictionary(grouping: places) { Key(updates[$0]) }.map { RunUpdateGroup(key: $0, members: $1) }
    }

    /// Adds it to a bulk.
    ///
    /// - Throws: ``EncodingRefusal`` when the change cannot be stored, ``StoreError`` when the driver refuses the write.
    func add(to bulk: inout MongoBulk, _ updates: [RunUpdate]) throws {
        let ids = members.map { updates[$0].before.id }
        let filter = try BSONBuffer(
            key.filter(ids.count == 1 ? .objectID(ids[0].value) : Guards.isOneOf(ids)))
        let change = try BSONBuffer(key.change)
        guard filter.byteCount + change.byteCount <= BSONBuffer.maximumByteCount else {
            throw EncodingRefusal.tooLarge
        }
        if ids.count == 1 { try bulk.updateOne(filter, change) } else { try bulk.updateMany(filter, change) }
    }
}
