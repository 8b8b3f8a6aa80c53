// SPDX-License-Identifier: Apache-2.0
// Part of Simple Scheduler.

package import Shared

extension MongoSchedulerStore {
    package func deletions(after: JobName?, limit: Int) async throws(StoreError) -> [Deletion] {
        try await connection.run { client throws(StoreError) in
            try client.find(
                in: CollectionName.deletions, ["_id": ["$gt": .string(after?.text ?? "")]],
                options: ["sort": ["_id": 1]], limit: limit
            ) { DeletionDocument.decode($0) }
        }
    }

    package func deletions(of names: [JobName]) async throws(StoreError) -> [Deletion] {
        guard !names.isEmpty else { return [] }
        return try await connection.run { client throws(StoreError) in
            var found: [Deletion] = []
            for chunk in names.chunks(of: 500) {
                found += try client.find(in: CollectionName.deletions, ["_id": Guards.isOneOf(chunk)]) {
                    DeletionDocument.decode($0)
                }
            }
            return found
        }
    }

    package func noteDeletion(_ deletion: Deletion) async throws(StoreError) {
        let new: BSONValue = [
            "_id": .string(deletion.jobName.text), "deletedAt": ["$min": ["$$NOW", .date(deletion.deletedAt)]],
            "heartbeatTimeout": .int64(deletion.heartbeatTimeout.milliseconds), "lockEpoch": .int64(deletion.lockEpoch),
        ]
        try await connection.run { client throws(StoreError) in
            let filter = try BSONBuffer.encoded(["_id": .string(deletion.jobName.text)])
            let change = try BSONBuffer.encoded(pipeline: [
                ["$replaceWith": ["$cond": [["$eq": [["$type": "$deletedAt"], "date"]], "$$ROOT", new]]]
            ])
            let report = try client.bulkWrite(to: CollectionName.deletions) { bulk throws(StoreError) in
                try bulk.upsertOne(filter, change)
            }
            // Somebody else wrote it in the same moment: as good.
            if let failure = report.failures[0], failure.code != WriteFailure.duplicateKeyCode {
                throw StoreError(.rejected, "writing a tombstone: \(failure.reason)")
            }
        }
    }

    package func retireRuns(of deletion: Deletion) async throws(StoreError) -> Bool {
        try await connection.run { client throws(StoreError) in
            var retirement = RunRetirement(deletion)
            return try retirement.step(client)
        }
    }

    package func claimRemoval(
        of deletion: Deletion, by manager: ManagerID, staleAfter: Duration
    ) async throws(StoreError) -> Bool {
        try await connection.run { client throws(StoreError) in
            let isStale: BSONValue = [
                "$expr": ["$lte": ["$removerAt", ["$subtract": ["$$NOW", .int64(staleAfter.milliseconds)]]]]
            ]
            let filter = try BSONBuffer.encoded([
                "_id": .string(deletion.jobName.text), "deletedAt": .date(deletion.deletedAt),
                "$or": [
                    ["remover": ["$not": ["$type": "objectId"]]], ["remover": .objectID(manager.value)],
                    ["removerAt": ["$not": ["$type": "date"]]], isStale,
                ],
            ])
            let change = try BSONBuffer.encoded(pipeline: [
                ["$set": ["remover": .objectID(manager.value), "removerAt": "$$NOW"]]
            ])
            let report = try client.bulkWrite(to: CollectionName.deletions) { bulk throws(StoreError) in
                try bulk.updateOne(filter, change)
            }
            return report.matched == 1
        }
    }

    package func unclaimRemoval(of deletion: Deletion, by manager: ManagerID) async throws(StoreError) {
        try await connection.run { client throws(StoreError) in
            let filter: BSONFields = [
                "_id": .string(deletion.jobName.text), "remover": .objectID(manager.value),
            ]
            let change: BSONFields = ["$unset": ["remover": 1, "removerAt": 1]]
            try client.updateOne(in: CollectionName.deletions, filter, change)
        }
    }

    package func forgetDeletion(_ deletion: Deletion, by manager: ManagerID) async throws(StoreError) {
        try await connection.run { client throws(StoreError) in
            let filter: BSONFields = [
                "_id": .string(deletion.jobName.text), "deletedAt": .date(deletion.deletedAt),
                "remover": .objectID(manager.value),
            ]
            try client.deleteOne(in: CollectionName.deletions, filter)
        }
    }
}
