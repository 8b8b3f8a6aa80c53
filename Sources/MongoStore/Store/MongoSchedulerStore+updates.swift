// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoSchedulerStore {
    package func update(_ updates: [RunUpdate]) async throws(StoreError) -> [RunUpdateOutcome] {
        guard !updates.isEmpty else { return [] }
        return try await connection.run { [unreadableRuns] client throws(StoreError) in
            var outcomes: [RunUpdateOutcome] = Array(repeating: .applied, count: updates.count)
            var sent: [Int] = []
            let report = try client.bulkWrite(to: CollectionName.runs) { bulk throws(StoreError) in
                for (index, update) in updates.enumerated() {
                    do {
                        let filter = try BSONBuffer(Self.filter(of: update))
                        let change = try BSONBuffer(Self.change(of: update))
                        guard filter.byteCount + change.byteCount <= BSONBuffer.maximumByteCount else {
                            throw EncodingRefusal.tooLarge
                        }
                        try bulk.updateOne(filter, change)
                        sent.append(index)
                    } catch let refusal as EncodingRefusal {
                        outcomes[index] = .rejected(refusal.reason)
                    } catch let error as StoreError {
                        throw error
                    } catch {
                        throw StoreError(.rejected, "preparing a write")
                    }
                }
            }
            guard report.matched < sent.count else { return outcomes }
            let stored = try Self.runs(sent.map { updates[$0].before.id }, client, unreadableRuns)
            let byID = Dictionary(stored.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
            for (place, index) in sent.enumerated() {
                if let failure = report.failures[place] {
                    outcomes[index] = .rejected(failure.reason)
                } else if let run = byID[updates[index].before.id], RunDocument.hasEffect(of: updates[index], in: run) {
                    outcomes[index] = .applied
                } else {
                    outcomes[index] = .conflict
                }
            }
            return outcomes
        }
    }

    package func markPublished(_ marks: [PublishedMark]) async throws(StoreError) {
        guard !marks.isEmpty else { return }
        try await connection.run { client throws(StoreError) in
            let groups = Dictionary(grouping: marks, by: MarkGroup.init)
            _ = try client.bulkWrite(to: CollectionName.runs) { bulk throws(StoreError) in
                for (group, marks) in groups {
                    for chunk in marks.chunks(of: 500) {
                        try bulk.updateMany(.encoded(group.filter(chunk.map(\.id))), .encoded(group.change))
                    }
                }
            }
        }
    }

    private static func filter(of update: RunUpdate) -> BSONFields {
        let run = update.before
        var filter: BSONFields = [
            "_id": .objectID(run.id.objectID), "status": .string(run.status.rawValue),
            "attempt": Guards.equal(Int64(run.attempt), missing: 1),
            "revision": Guards.equal(run.revision, missing: 0),
        ]
        if update.mustBeUnpublished { filter.append("publishedAt", .null) }
        return filter
    }

    private static func change(of update: RunUpdate) -> BSONFields {
        let (set, unset) = RunDocument.difference(from: update.before, to: update.after)
        var change: BSONFields = ["$inc": ["revision": .int64(1)]]
        if !set.isEmpty { change.append("$set", .document(set)) }
        if !unset.isEmpty { change.append("$unset", .document(unset)) }
        return change
    }
}
